"""The simulator: a network of virtual devices in this process, as a real one would show them.

In: jobs for devices, and what people want to happen to them. Out: outcomes, SMS from devices, sightings.
"""

from heliograph.networks.simulator.checks import Unusable
from heliograph.networks.simulator.facade import Simulator
from heliograph.networks.simulator.fleet import Identity
from heliograph.networks.simulator.library import BadFiles, unfit
from heliograph.networks.simulator.resting import RestingSimulator

__all__ = ["BadFiles", "Identity", "RestingSimulator", "Simulator", "Unusable", "unfit"]
