"""The checks behind `smsdesk doctor`: what the desk depends on, each with a verdict and a mend."""
