"""The Live Lab as one HTML file that opens without a server: it computes, or replays, by itself."""
