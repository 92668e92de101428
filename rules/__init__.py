"""What the family decided, and what follows from it for one request. Pure: no clock, disk, thread, socket or log."""
