"""Composition root: the server with its routes, and the script that shows a page.

`streamlit run app.py` imports this file as a module for `app`, and runs it as a script
(`__main__`) for every page view.
"""

import streamlit as st

if __name__ == "__main__":
    from emergence.ui.frame import open_page

    open_page()
else:
    from emergence.settings import SettingsError
    from emergence.sweeps.store import default_directory

    try:
        default_directory()
    except SettingsError as error:
        raise SystemExit(f"refused: {error}") from None

    from emergence.ui.server.routes import middleware, on_script_error, routes
    from emergence.ui.server.services import lifespan

    app = st.App(
        __file__,
        routes=routes(),
        middleware=middleware(),
        lifespan=lifespan,
        on_script_error=on_script_error,
    )
