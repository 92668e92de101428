"""mitmproxy as a library: only the addons that a filter needs, and hooks that are looked up once.

The public contract of addons is kept; measured, this halves what a request costs (reference: performance).
"""

# mypy: allow-untyped-calls
# mitmproxy's own methods carry no types.

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import Any

import mitmproxy.master
from mitmproxy import exceptions, hooks
from mitmproxy.addonmanager import AddonManager, traverse
from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.flow import Flow
from mitmproxy.options import Options
from mitmproxy.utils import asyncio_utils

from proxy.leaves import Leaves
from proxy.listeners import Listeners, Serving

type Hook = Callable[..., Any]

logger = logging.getLogger(__name__)


class QuickAddons(AddonManager):
    """Walks the chain of addons once for each hook's name, not once for each event."""

    def __init__(self, master: mitmproxy.master.Master) -> None:
        """Belongs to one master."""
        super().__init__(master)
        self._hooks: dict[str, tuple[Hook, ...]] = {}

    def add(self, *addons: object) -> None:
        """Add addons to the end of the chain."""
        super().add(*addons)
        self._hooks.clear()

    def remove(self, addon: object) -> None:
        """Take an addon out of the chain."""
        super().remove(addon)
        self._hooks.clear()

    def register(self, addon: object) -> object:
        """Make an addon known that another one holds."""
        registered: object = super().register(addon)
        self._hooks.clear()
        return registered

    def clear(self) -> None:
        """Take every addon out."""
        super().clear()
        self._hooks.clear()

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Tell every addon of an event in a connection's life."""
        await self.trigger_event(event)
        message = event.args()[0]
        if isinstance(message, Flow) and self._named("update"):
            await self.trigger_event(hooks.UpdateHook([message]))

    async def trigger_event(self, event: hooks.Hook) -> None:
        """Tell every addon of an event."""
        args = event.args()
        for hook in self._named(event.name):
            try:
                result = hook(*args)
                if result is not None and inspect.isawaitable(result):
                    await result
            except exceptions.AddonHalt:
                return
            except exceptions.OptionsError:
                raise
            except Exception:
                # mitmproxy's own addons: without their answer a connection goes nowhere. Ours are guarded.
                logger.exception("an addon broke in %s", event.name)

    def _named(self, name: str) -> tuple[Hook, ...]:
        found = self._hooks.get(name)
        if found is None:
            found = tuple(
                hook
                for addon in traverse(self.chain)
                if callable(hook := getattr(addon, name, None))
            )
            self._hooks[name] = found
        return found


class HomeTls(TlsConfig):
    """mitmproxy's TLS with the home's own authority, which it does not make or look for itself."""

    name = "tlsconfig"

    def __init__(self, leaves: Leaves) -> None:
        """The leaves are the authority's."""
        self.certstore = leaves

    def configure(self, updated: set[str]) -> None:
        """Take changed options, but not the place of the authority."""
        super().configure(set(updated) - {"certs", "confdir", "key_size", "cert_passphrase"})

    def running(self) -> None:
        """Nothing: mitmproxy would read its authority here."""


class Master(mitmproxy.master.Master):
    """Runs one listening port with one addon of ours."""

    def __init__(self, addon: object, leaves: Leaves, *, roots: str | None) -> None:
        """Must be made inside the event loop.

        Args:
            addon: Asks the rules.
            leaves: Makes certificates for sites.
            roots: A file of authorities to trust in sites; None for the well-known ones.
        """
        super().__init__(Options())
        self._legacy_log_events.uninstall()  # nobody listens, and every log line would wake the loop
        self.addons = QuickAddons(self)
        self._server = Proxyserver()
        # Ours before next_layer, which only fills what is still open, as in stock mitmproxy.
        self._tls = HomeTls(leaves)
        self.addons.add(Core(), DisableH2C(), self._server, addon, NextLayer(), self._tls)
        self.options.update(
            server=False,  # `serve` listens itself
            connection_strategy="lazy",
            rawtcp=False,
            http3=False,
            ssl_verify_upstream_trusted_ca=roots,
        )

    def take_authority(self, leaves: Leaves) -> None:
        """Sign with another authority from the next handshake on; what the one before has made is forgotten. From any thread."""
        self._tls.certstore = leaves

    async def serve(self, serving: Serving) -> None:
        """Carry traffic until `shutdown`.

        Raises:
            OSError: the proxy's own port is taken or may not be used.
        """
        with (
            asyncio_utils.install_exception_handler(self._asyncio_exception_handler),
            asyncio_utils.set_eager_task_factory(),
        ):
            listeners = Listeners(self._server, serving)
            server = await listeners.prepare()
            try:
                await self.running()
                await server.start_serving()
                await listeners.look()
                following = asyncio.create_task(listeners.follow())
                serving.announce(server.sockets[0].getsockname()[1])
                await self.should_exit.wait()
                following.cancel()
            finally:
                listeners.close()
                await self.done()
