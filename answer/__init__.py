"""Question, history and hits → `Answer`: what is quoted, what is refused, and in which words."""
