"""Composition root: the server with its routes, and the script that shows a page.

`streamlit run app.py` imports this file as a module for `app`, and runs it as a script
(`__main__`) for every page view.
"""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parent / "pages"

if __name__ == "__main__":
    st.set_page_config(page_title="Emergence Lab", page_icon="📈", layout="wide")
    st.navigation([st.Page(PAGES / "live_lab.py", title="Live Lab", default=True)]).run()
else:
    from emergence.ui.server import ROUTES, lifespan, middleware, on_script_error

    app = st.App(
        __file__,
        routes=ROUTES,
        middleware=middleware(),
        lifespan=lifespan,
        on_script_error=on_script_error,
    )
