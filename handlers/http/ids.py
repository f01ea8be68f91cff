"""Path parameters with ids that several features share."""

from typing import Annotated

from msgspec import Meta

from services.kernel.paths import PlacePath

AppointmentId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the appointment, as lists show it."),
]
ResidencyId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the relation of a person to a home."),
]
HomePath = Annotated[
    PlacePath,
    Meta(description="Path of the home, e.g. `cc.chaoyang.guilin.xincheng.c07.b3.u2.502`."),
]
