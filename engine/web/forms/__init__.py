"""Forms made from the declaration of a matter: WTForms for data, own Jinja macros for rendering."""
