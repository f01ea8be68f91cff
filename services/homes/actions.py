"""Who belongs to which home, and the four ways to be bound: the front door of the package.

By the register's phone (accounts/store.py bind_phone), by a request with proof, by an owner's
invitation, by a printed code.
"""

from collections.abc import Mapping
from typing import Final

from services.homes import (
    advising,
    codes,
    deciding,
    directory,
    invitations,
    leaving,
    moving,
    requests,
    residents,
    revealing,
    waiting,
)
from services.jobs import actions as jobs

children = directory.children

file_request = requests.file
my_requests = requests.mine
withdraw_request = requests.withdraw
requests_of_places = advising.listing
look_at_request = advising.look
advise = advising.advise
decide = deciding.decide
settle = deciding.settle
open_under = waiting.open_under
reveal_request = revealing.reveal

invite = invitations.invite
invitations_of = invitations.listing
revoke_invitation = invitations.revoke
accept_invitation = invitations.accept

print_codes = codes.print_codes
use_code = codes.use

residents_of = residents.listing
add_resident = residents.add
change_phone = residents.change_phone
end_residency = leaving.end
transfer = moving.transfer

JOBS: Final[Mapping[str, jobs.Handler]] = advising.JOBS
