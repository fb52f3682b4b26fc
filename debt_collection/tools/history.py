"""What was done to a debtor, kept so that hundreds of contacts are quickly counted.

Contacts that differ in nothing but their time are kept together: whether a limit counts
them is asked once for all of them, and one by one they are only made when somebody
looks at them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, overload

from .policy import Contact


class Kind(NamedTuple):
    """How a contact counts: all that `Contact` has but its time."""

    channel: str
    connected: bool = False
    conversed: bool = False
    requested: bool = False
    case: int | None = None
    incoming: bool = False
    minutes: int = 1
    place: str = ""
    busy: bool = False


class History(Sequence[Contact]):
    """Contacts with a debtor, read one by one the oldest first.

    ``groups``: pairs of `Kind` and the times of the contacts of that kind, naive UTC,
    in any order.

    >>> monday = datetime(2026, 2, 2, 9)
    >>> history = History.of([Contact(monday, "sms"), Contact(monday, "call")])
    >>> len(history), history.groups[0]
    (2, (Kind(channel='sms', connected=False, conversed=False, requested=False, \
case=None, incoming=False, minutes=1, place='', busy=False), \
[datetime.datetime(2026, 2, 2, 9, 0)]))
    """

    __slots__ = ("_contacts", "groups")

    def __init__(self, groups: Sequence[tuple[Kind, list[datetime]]] = ()):
        self.groups = groups
        self._contacts: list[Contact] | None = None

    @classmethod
    def of(cls, contacts: Iterable[Contact]) -> "History":
        """Return the history of these contacts."""
        if isinstance(contacts, History):
            return contacts
        groups: dict[Kind, list[datetime]] = {}
        for contact in contacts:
            groups.setdefault(Kind._make(contact[1:]), []).append(contact.at)
        return cls(list(groups.items()))

    def with_one(self, contact: Contact) -> "History":
        """Return the history with one contact more."""
        return History([*self.groups, (Kind._make(contact[1:]), [contact.at])])

    def __len__(self) -> int:
        return sum(len(times) for _kind, times in self.groups)

    def __iter__(self) -> Iterator[Contact]:
        return iter(self._one_by_one())

    @overload
    def __getitem__(self, index: int) -> Contact: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Contact]: ...
    def __getitem__(self, index: int | slice) -> Contact | Sequence[Contact]:
        return self._one_by_one()[index]

    def _one_by_one(self) -> list[Contact]:
        if self._contacts is None:
            found = [Contact(at, *kind) for kind, times in self.groups for at in times]
            self._contacts = sorted(found, key=attrgetter("at"))
        return self._contacts


NO_CONTACTS = History()
