"""After a refused login, a pause for its connection in all processes: five failures lock the NetSuite user.

A workbook asks twenty things at once; without the pause one wrong secret would lock the user out of NetSuite for half an
hour (Oracle subsect_156935170194). Since an overloaded account answers as if the login were wrong, the first refusal is
tried once more, signed anew and alone, while the others wait for its outcome. What is held back gets the error of the
login that was refused.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from connector.db.refused_logins import MOST_REFUSALS, Refusal, RefusedLogins
from connector.errors import LoginRefusedError

_OUTCOME_SECONDS = 20.0
_ALONE_SECONDS = 10.0
_LOOK_EVERY = 0.05
_MOST_OF_ONE = 2  # refusals of one request while others are taken

Answer = TypeVar("Answer")
Pause = Callable[[float], None]


class Login:
    """What a request must tell its breaker while it counts as under way, that is: while it holds its slot."""

    def __init__(self, breaker: LoginBreaker, trial: str | None) -> None:
        self._breaker = breaker
        self._trial = trial
        self.may_try_again: str | None = None

    def stand_back(self) -> None:
        """Raise _StandBackError where the login was refused while this request waited for its slot."""
        if self._trial is None and self._breaker.known() is not None:
            raise _StandBackError

    def was_refused(self, error: LoginRefusedError) -> None:
        """Count a refusal."""
        self.may_try_again = self._breaker.count(error, self._trial)


class _StandBackError(Exception):
    """Nothing was sent: the login has to be looked at again first."""


class LoginBreaker:
    """Stands before everything that is sent with one set of credentials. Threads share one."""

    def __init__(
        self,
        refused: RefusedLogins,
        account: str,
        credentials: Sequence[str],
        *,
        pause: Pause = time.sleep,
    ) -> None:
        self.login = hashlib.sha256("\0".join([account, *credentials]).encode()).hexdigest()
        self._refused = refused
        self._account = account
        self._pause = pause

    def attempt(self, send: Callable[[Login], Answer], *, once_more: bool = True) -> Answer:
        """Send a request, where the login may be tried. Raises LoginRefusedError, also for what is held back.

        `once_more` is for questions; a check of the login itself tries it once, since what was mistyped stays so.
        """
        refusals = 0
        while True:
            trial = self._let_pass()
            login = Login(self, trial)
            try:
                return self._sent(send, login, trial)
            except _StandBackError:
                continue
            except LoginRefusedError as error:
                if trial is not None:
                    raise
                if login.may_try_again is not None and not once_more:
                    self._refused.end_trial(self.login, login.may_try_again, was_taken=None)
                    raise
                if login.may_try_again is not None:
                    return self._once_more(send, error, login.may_try_again)
                refusals += 1
                if refusals == _MOST_OF_ONE or not self._others_were_taken():
                    raise

    def known(self) -> Refusal | None:
        """What speaks against the login at the moment."""
        return self._refused.of(self.login)

    def count(self, error: LoginRefusedError, trial: str | None) -> str | None:
        """Count a refusal; answers a trial where it may be tried once more."""
        return self._refused.refuse(
            self.login, self._account, code=error.code, message=error.message, remedy=error.remedy, trial=trial
        )

    def _let_pass(self) -> str | None:
        """None where nothing speaks against the login; else the trial of it that this request is."""
        for _ in range(round(_OUTCOME_SECONDS / _LOOK_EVERY)):
            known = self.known()
            if known is None:
                return None
            held_back = _held_back(known)
            if known.shut_for and not known.is_tried:
                break
            if not known.is_tried and (trial := self._refused.begin_trial(self.login)) is not None:
                return trial
            self._pause(_LOOK_EVERY)
        raise held_back

    def _sent(self, send: Callable[[Login], Answer], login: Login, trial: str | None) -> Answer:
        try:
            answer = send(login)
        except (LoginRefusedError, _StandBackError):
            raise
        except BaseException:
            if trial is not None:
                self._refused.end_trial(self.login, trial, was_taken=None)
            raise
        if trial is not None:
            self._refused.end_trial(self.login, trial, was_taken=True)
        return answer

    def _once_more(self, send: Callable[[Login], Answer], error: LoginRefusedError, trial: str) -> Answer:
        if not self._is_alone():
            self._refused.end_trial(self.login, trial, was_taken=None)
            raise error
        return self._sent(send, Login(self, trial), trial)

    def _others_were_taken(self) -> bool:
        """Somebody else tries the login: if it is taken, so is this request's."""
        for _ in range(round(_OUTCOME_SECONDS / _LOOK_EVERY)):
            known = self.known()
            if known is None:
                return True
            if not known.is_tried:
                return False
            self._pause(_LOOK_EVERY)
        return False

    def _is_alone(self) -> bool:
        """Whether nothing else with this login is under way any more, and another refusal would lock nobody."""
        for _ in range(round(_ALONE_SECONDS / _LOOK_EVERY)):
            known = self.known()
            if known is None or known.refusals >= MOST_REFUSALS:
                return False
            if not self._refused.under_way(self.login):
                return True
            self._pause(_LOOK_EVERY)
        return False


def _held_back(known: Refusal) -> LoginRefusedError:
    left = max(known.shut_for, 1)
    return LoginRefusedError(
        f"{known.message} It was not asked again: five failed logins lock the user.",
        code=known.code,
        remedy=f"{known.remedy} The next login is tried in {left:.0f} seconds.",
        retry_after=left,
    )
