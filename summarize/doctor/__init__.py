"""Is this machine fit (`examination`), and does nothing leave it (`airgap`)?"""
