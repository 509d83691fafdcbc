"""Lenses: what a trace's Jacobians say beyond its gradients. Each file asks one question and answers with one record.

No lens derives anything anew: all pull cotangents through the cell's own step back (`linear_steps`).
"""
