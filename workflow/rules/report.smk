"""The report, light enough to be sent: its figures as AVIF, as sharp on a screen, of a tenth of the bytes.

Needs `RESULTS`, makes nothing: it changes how Snakemake's report takes this run's figures in, and no other
workflow's. The figures' files stay as they are, for print.
"""

import sys

if any(word.split("=")[0] == "--report" for word in sys.argv):
    from snakemake.report.html_reporter import common as reporter

    from invariances.lighter import data_uri

    reporter.data_uri_from_file = data_uri(reporter.data_uri_from_file, Path(RESULTS))
