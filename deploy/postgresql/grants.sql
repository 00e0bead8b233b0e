-- Who may do what in the catalog. Run by its owner (claimkeep_admin) or by who may everything, before and after migrations.
-- A table of which nothing is said here can be read and added to, and neither changed nor emptied.

DO $$ BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO claimkeep_api, claimkeep_worker', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO claimkeep_admin;
GRANT USAGE ON SCHEMA public TO claimkeep_api, claimkeep_worker;

ALTER DEFAULT PRIVILEGES FOR ROLE claimkeep_admin IN SCHEMA public
    GRANT SELECT, INSERT ON TABLES TO claimkeep_api, claimkeep_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE claimkeep_admin IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO claimkeep_api, claimkeep_worker;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM claimkeep_api, claimkeep_worker;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO claimkeep_api, claimkeep_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO claimkeep_api, claimkeep_worker;

DO $$
DECLARE
    name text;
BEGIN
    -- Never here: events, readings, batches, items, decisions, sample_plans, access_alarms. What has happened does not change.
    FOREACH name IN ARRAY ARRAY['documents', 'pages', 'work', 'ledger_head', 'derivatives', 'derived_pages', 'confirmed_fields',
        'change_sets', 'mask_edits', 'review_risks', 'unmaskings', 'sample_pages', 'paces', 'openings'] LOOP
        IF to_regclass('public.' || quote_ident(name)) IS NOT NULL THEN
            EXECUTE format('GRANT UPDATE ON public.%I TO claimkeep_api, claimkeep_worker', name);
        END IF;
    END LOOP;
    -- What is made anew, a confirmed field that is taken back, and what was opened a day ago.
    FOREACH name IN ARRAY ARRAY['derived_pages', 'confirmed_fields', 'openings'] LOOP
        IF to_regclass('public.' || quote_ident(name)) IS NOT NULL THEN
            EXECUTE format('GRANT DELETE ON public.%I TO claimkeep_api, claimkeep_worker', name);
        END IF;
    END LOOP;
    -- Who may use the archive, and how its tables look, is the administrator's to say.
    FOREACH name IN ARRAY ARRAY['users', 'alembic_version', 'collections', 'collection_batches', 'restrictions', 'grants'] LOOP
        IF to_regclass('public.' || quote_ident(name)) IS NOT NULL THEN
            EXECUTE format('REVOKE INSERT ON public.%I FROM claimkeep_api, claimkeep_worker', name);
        END IF;
    END LOOP;
END $$;
