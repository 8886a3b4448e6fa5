"""Settings: what files, environment variables, the document and the command line say, and who said it.

`finding.read_settings` is the way in, `settings.Settings` what comes out, `travel` its way to the run's own process:
one place reads the files, the client that starts a run. `files` alone is light enough to ask whether there are any.
"""
