"""The shared Flask kit of the two apps: `base_app`, `access`, `limited`, templates and the design system."""
