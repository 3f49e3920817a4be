"""A callback with a policy and devices of its own on a site, made through the API, and what devices send."""

from itertools import count
from typing import Any

from heliograph.core.content import Content, content_of_text
from heliograph.flow.requests import Inbound, Received
from tests.rest.site import Site

SECRET = "a secret that is long enough for HS256, as RFC 7518 asks"
_NUMBERS = count(1)


class Desk:
    def __init__(
        self, site: Site, url: str, secret: str | None = SECRET, devices: int = 2, **body: Any
    ) -> None:
        self.site = site
        self.number = next(_NUMBERS)
        self.secret = self.make("/v1/api_secret", {"secret": secret, "purpose": "signs"}) if secret else None
        self.callback = self.make("/v1/api_callback", {"url": url, "purpose": "hears", **body})
        self.policy = site.new_policy(f"policy {self.number}", application=self.callback)
        self.set_policy(api_callback=self.callback, api_secret=self.secret, interface=1)
        self.devices = [
            site.new_device(
                self.name_of(index), self.policy, msisdn=self.msisdn(index), imsi=self.imsi(index)
            )
            for index in range(devices)
        ]

    def name_of(self, index: int) -> str:
        return f"device {self.number}.{index}"

    def msisdn(self, index: int) -> str:
        return f"4915{self.number:04}{index:05}"

    def imsi(self, index: int) -> str:
        return f"90128{self.number:05}{index:05}"

    def make(self, path: str, body: Any) -> int:
        answer = self.site.post(path, body)
        assert answer.status == 201, answer
        return int(answer.body["id"])

    @property
    def path(self) -> str:
        return f"/v1/api_callback/{self.callback}"

    def set_policy(self, **fields: Any) -> None:
        """Behind the API's back."""

        class Setting:
            urgency = 1

            async def __call__(self, tx: Any, requests: Any) -> Any:
                from msgspec.structs import replace

                from heliograph.flow.ports import Answers

                policy = (await tx.load_policies([requests[0]]))[requests[0]]
                await tx.admin.change([replace(policy, **fields)])
                return Answers([None], [])

        self.site.run(Setting(), self.policy)

    def inbound(self, index: int, text: str, **fields: Any) -> Inbound:
        content = fields.pop("content", None) or content_of_text(text)
        assert isinstance(content, Content)
        return Inbound(
            "simulator", self.imsi(index), "", fields.pop("destination", "12345"), content, **fields
        )

    def send(self, index: int, *texts: str, **fields: Any) -> list[int]:
        """SMS from a device. The ids of the messages."""
        return self.send_all([self.inbound(index, text, **fields) for text in texts])

    def send_all(self, inbound: list[Inbound]) -> list[int]:
        async def receive() -> list[Any]:
            return list(await self.site.app.receive(inbound))

        answers = self.site.ask(receive())
        assert all(isinstance(answer, Received) for answer in answers), answers
        return [answer.message for answer in answers]

    def log(self, **query: Any) -> list[Any]:
        """Written calls, newest first."""
        self.site.ask(self.site.app.webhooks.journal.flush())
        text = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.site.get(f"{self.path}/log?{text}")
        assert answer.status == 200, answer
        return list(answer.body)

    def state(self, message: int) -> tuple[str, str | None]:
        async def look() -> Any:
            return await self.site.app.browse.message(self.site.org, message)

        found = self.site.ask(look())
        return found.state, found.reason

    def timeline(self, message: int) -> list[Any]:
        async def look() -> Any:
            return await self.site.app.browse.explain(self.site.org, message)

        return [{"code": sentence.code} for sentence in self.site.ask(look()).story]
