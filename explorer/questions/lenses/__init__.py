"""Lenses: the information in a trace's Jacobians beyond its gradients. Each file answers one question by one record.

No lens has derivatives of its own: all pull cotangents back through the cell's own backward step (`linear_steps`).
"""
