"""The web page: chat and clause look-up in Gradio, and how it is served."""
