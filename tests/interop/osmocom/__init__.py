"""OsmoMSC and OsmoHLR of Debian as an operator's network, with phones that this folder plays."""
