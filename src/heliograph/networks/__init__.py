"""South: devices and operators. One folder per kind of network; none of them knows another."""
