"""`make eval`: how well the assistant finds, answers and refuses, on our own question sets."""
