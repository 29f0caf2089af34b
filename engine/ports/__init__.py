"""Ports: what the services need of the world and of the store. Adapters fulfil them."""
