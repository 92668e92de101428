"""The subcommands of `porchlight`, one a file. They stand on all the other rooms; nothing stands on them."""
