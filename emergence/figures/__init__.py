"""Figure builders: pure functions from arrays to `plotly.graph_objects.Figure`.

A trace that the live page refills carries `meta = {"role": ..., "p": ...}`; the browser puts the
same quantities in it that the builder would.
"""
