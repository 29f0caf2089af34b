"""OFD documents (GB/T 33190-2016) under an electronic seal (GB/T 38540-2020): written, sealed, checked."""
