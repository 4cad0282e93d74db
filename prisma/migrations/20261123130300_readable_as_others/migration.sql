-- As every table of a workspace: its requests read their own rows and write none.
GRANT SELECT ON billing_differences, stripe_former_customers TO parley_app;
