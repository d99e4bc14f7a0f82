"""What everything costs beside the networks' own passes, as ratios measured in one run."""
