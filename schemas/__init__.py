"""The words everybody shares: frozen values, imported by every other room and importing none of them."""
