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

    async def round(self) -> Rest:
        """Ask and store."""
        try:
            balance = await self._account.provider.balance()
        except NotPossible:
            return Rest(None)
        except ProviderError as error:
            self._hands.log("no balance", account=self._account.name, line=error.message)
            return Rest(_HOURLY)
        text = one_line(balance.text, _LONGEST)
        await self._hands.store.accounts.save_balance(self._account.name, text)
        return Rest(_HOURLY)
