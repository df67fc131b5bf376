"""The rights as they were agreed, written out: whoever changes governance.rights has to change this text as well.

A the author of the newest version, C a colleague of the same half, O an editor of the other half, B the board in its
own area, M an administrator, N anybody else.
"""

from __future__ import annotations

from governance.rights import RIGHTS, Action, Phase, Role, Voice

LETTERS = dict(zip(Role, "ACOBMN", strict=True))

TABLE = """
                        draft    public   waiting  overdue  changed  returned
submit          own     ACOBMN   ACOBMN   -        -        -        ACOBMN
submit          joint   ACOBMN   ACOBMN   -        -        -        ACOBMN
submit          others  ACOBMN   ACOBMN   -        -        -        ACOBMN
publish         own     ACB      ACB      ACB      ACB      ACB      ACB
publish         joint   B        B        B        B        B        B
publish         others  OB       OB       OB       OB       OB       OB
approve         own     -        -        C        C        -        -
approve         joint   -        -        O        CO       -        -
approve         others  -        -        O        CO       -        -
request_changes own     -        -        C        C        -        -
request_changes joint   -        -        O        CO       AC       -
request_changes others  -        -        O        CO       -        -
hand_over       own     -        -        -        -        -        -
hand_over       joint   -        -        -        -        AC       -
hand_over       others  -        -        -        -        -        -
urgent          own     OM       OM       OM       OM       OM       OM
urgent          joint   ACOM     ACOM     ACM      AM       ACOM     ACOM
urgent          others  ACM      ACM      ACM      ACM      ACM      ACM
unpublish       own     ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
unpublish       joint   ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
unpublish       others  ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
move            own     ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
move            joint   ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
move            others  ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
delete          own     ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
delete          joint   ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
delete          others  ACOBM    ACOBM    ACOBM    ACOBM    ACOBM    ACOBM
restrict        own     ACB      ACB      ACB      ACB      ACB      ACB
restrict        joint   B        B        B        B        B        B
restrict        others  OB       OB       OB       OB       OB       OB
"""

#: What Wagtail's own rights, locks and workflow say beside the table, for the halves, administrators and members of both.
#: ``-``: nobody; a dot: there is no such state.
BESIDE = """
                        draft    public   waiting  overdue  changed  returned
edit            own     ACMNO    ACMNO    AC       AC       .        ACMNO
edit            joint   ACMNO    ACMNO    O        CO       AC       ACMNO
edit            others  ACMNO    ACMNO    O        CO       .        ACMNO
lock            own     ACMNO    ACMNO    -        -        .        ACMNO
lock            joint   ACMNO    ACMNO    -        -        -        ACMNO
lock            others  ACMNO    ACMNO    -        -        .        ACMNO
unlock          own     ACMNO    ACMNO    -        -        .        ACMNO
unlock          joint   ACMNO    ACMNO    -        -        -        ACMNO
unlock          others  ACMNO    ACMNO    -        -        .        ACMNO
cancel          own     -        -        AC       AC       .        -
cancel          joint   -        -        AO       ACO      O        -
cancel          others  -        -        AO       ACO      .        -
unschedule      own     ACMO     ACMO     ACMO     ACMO     .        ACMO
unschedule      joint   ACMO     ACMO     ACMO     ACMO     ACMO     ACMO
unschedule      others  ACMO     ACMO     ACMO     ACMO     .        ACMO
"""


def lines(text: str) -> dict[tuple[str, Voice], dict[Phase, str]]:
    """Cells by row and column of such a text."""
    found = {}
    for line in text.strip("\n").splitlines()[1:]:
        row, voice, *cells = line.split()
        found[row, Voice[voice.upper()]] = dict(zip(Phase, cells, strict=True))
    return found


def written_out() -> dict[tuple[str, Voice], dict[Phase, str]]:
    """What :data:`governance.rights.RIGHTS` says, in the same form."""
    return {
        (str(action), voice): {phase: letters(RIGHTS[action].get(voice, {}).get(phase, Role(0))) for phase in Phase}
        for action in Action
        for voice in Voice
    }


def letters(roles: Role) -> str:
    return "".join(letter for role, letter in LETTERS.items() if role in roles) or "-"
