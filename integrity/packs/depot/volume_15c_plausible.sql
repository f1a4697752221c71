-- Is a recorded volume at 15 °C surely right? A cheap test before volume_15c_expression.sql, which is
-- dear, for queries over millions of movements of which nearly all are right.
-- Source: ASTM D1250-80 / API MPMS 11.1 (1980) / ISO 91-1, Table 54B.
--
-- To embed: put this SELECT in CROSS JOIN LATERAL ( ... ) AS quick, and replace the placeholders,
-- which occur once each: <volume_observed>, <observed_density>, <temperature_c>, <instrument> as in
-- volume_15c_expression.sql, <volume_15c> (recorded, L) and <tolerance>
-- (L; more than 0.1 % of the volume is never sure).
-- It gives one row: volume_observed, to hand to the whole computation, so that PostgreSQL cannot run
-- that one first; and surely_right, true only when the recorded volume is
-- within the tolerance of the standard's. False or NULL says nothing: the whole computation must decide.
--
-- Why it is sound: the density at 15 °C that the recorded volume implies is observed density /
-- (recorded volume / observed volume). If the volume is right, Table 54B gives for that density the
-- very factor back. The step from one factor to the next is a contraction: its derivative is about
-- -density * delta * d(alpha)/d(density), which lies between -0.7 (90 °C, steepest range) and 0.3
-- (-18 °C). So a true deviation d moves the factor by at least 0.7 d, and who moves by less than half
-- the tolerance is within it. Values between two printed ranges, outside the domain or within
-- 1 kg/m3 of its ends (a recorded volume could make them look inside) give NULL.
SELECT
    step.volume_observed,
    abs(step.volume_observed * exp(-step.x * (1.0 + 0.8 * step.x)) - step.volume_15c)
        < step.tolerance / 2.0
    AND step.tolerance <= step.volume_observed * 0.001 AS surely_right
FROM (
    SELECT
        implied.volume_observed,
        implied.volume_15c,
        implied.tolerance,
        implied.delta * CASE
            WHEN implied.rho BETWEEN 654.0 AND 770.0
            THEN (346.4228 / implied.rho + 0.4388) / implied.rho
            WHEN implied.rho BETWEEN 770.5 AND 787.5
            THEN 2680.3206 / implied.rho / implied.rho - 0.00336312
            WHEN implied.rho BETWEEN 788.0 AND 838.5
            THEN 594.5418 / implied.rho / implied.rho
            WHEN implied.rho BETWEEN 839.0 AND 1074.0
            THEN (186.9696 / implied.rho + 0.4862) / implied.rho
        END AS x
    FROM (
        SELECT
            given.volume_observed,
            given.volume_15c,
            given.tolerance,
            given.delta,
            given.observed_density * CASE given.instrument
                WHEN 'densitometer' THEN CAST(1.0 AS double precision)
                WHEN 'hydrometer' THEN
                    CAST(1.0 AS double precision) - 0.000023 * given.delta
                    - 0.00000002 * given.delta * given.delta
            END * given.volume_observed / given.volume_15c AS rho
        FROM (
            -- Bounds of the domain, so that no absurd value overflows.
            SELECT
                CASE WHEN raw.volume_observed BETWEEN 0.0 AND 1e9 THEN raw.volume_observed END
                    AS volume_observed,
                CASE WHEN raw.observed_density BETWEEN 1.0 AND 1e5 THEN raw.observed_density END
                    AS observed_density,
                CASE WHEN raw.temperature_c BETWEEN -18.0 AND 90.0 THEN raw.temperature_c - 15.0 END
                    AS delta,
                CASE WHEN raw.volume_15c BETWEEN 0.001 AND 1e9 THEN raw.volume_15c END
                    AS volume_15c,
                raw.instrument,
                raw.tolerance
            FROM (
                SELECT
                    CAST(<volume_observed> AS double precision) AS volume_observed,
                    CAST(<observed_density> AS double precision) AS observed_density,
                    CAST(<temperature_c> AS double precision) AS temperature_c,
                    CAST(<instrument> AS text) AS instrument,
                    CAST(<volume_15c> AS double precision) AS volume_15c,
                    CAST(<tolerance> AS double precision) AS tolerance
            ) AS raw
        ) AS given
        OFFSET 0
    ) AS implied
    OFFSET 0
) AS step
