"""What the deployed roles may do to libraries' tables.

None of the libraries' tables leads to a person accompanied: accounts, sessions, second factors, the job queue.
"""

from django.db import migrations

LIBRARY_TABLES = """
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, account_emailaddress, mfa_authenticator
    TO convergence_web;
-- Nothing is ever written there: an address is the administrator's word. Deleting one looks it up.
GRANT SELECT, DELETE ON account_emailconfirmation TO convergence_web;
GRANT SELECT ON django_content_type, django_migrations TO convergence_web, convergence_worker;
-- The queue is written, never read: its rows name jobs of others.
GRANT INSERT ON procrastinate_jobs, procrastinate_events TO convergence_web;
GRANT SELECT (id) ON procrastinate_jobs TO convergence_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
    TO convergence_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO convergence_web, convergence_worker;
GRANT ALL ON ALL TABLES IN SCHEMA public TO convergence_maint;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO convergence_maint;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("platform", "0003_jobs_and_mail"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(LIBRARY_TABLES),
    ]
