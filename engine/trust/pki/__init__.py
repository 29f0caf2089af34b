"""Certificates of SM2 keys (X.509, RFC 5280, GB/T 20518): who signs, vouched for by whom, until when, still or not."""
