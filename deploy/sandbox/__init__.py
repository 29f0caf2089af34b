"""The sandbox peer: registries to ask and a city portal to push to, as strict as the real ones. A system of its own."""
