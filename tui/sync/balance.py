"""Asks once an hour what is left on an account; nothing else waits for the answer."""

from tui.clock import HOUR, SECOND
from tui.domain.text import one_line
from tui.providers.errors import NotPossible, ProviderError
from tui.sync.hands import Hands
from tui.sync.lane import Rest
from tui.sync.served import ServedAccount

_HOURLY = HOUR / SECOND
_LONGEST = 80


class BalanceReader:
    """Reads one account's balance. Trouble here is only logged: the account works without."""

    def __init__(self, account: ServedAccount, hands: Hands) -> None:
        """Nothing is read yet."""
        self._account = account
        self._hands = hands
        self._hurried = False

    def hurry(self) -> None:
        """Ask in the next round, however fresh the last answer is."""
        self._hurried = True

    async def round(self) -> Rest:
        """Ask if the last answer, whoever got it, is an hour old, and store."""
        accounts, name = self._hands.store.accounts, self._account.name
        age = (self._hands.clock.now() - await accounts.balance_at(name)) / SECOND
        if 0 <= age < _HOURLY and not self._hurried:
            return Rest(_HOURLY - age)
        self._hurried = False
        try:
            balance = await self._account.provider.balance()
        except NotPossible:
            return Rest(None)
        except ProviderError as error:
            self._hands.log("no balance", account=name, line=error.message)
            return Rest(_HOURLY)
        await accounts.save_balance(name, one_line(balance.text, _LONGEST), balance.amount)
        return Rest(_HOURLY)
