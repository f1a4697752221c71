-- Which rows have a recorded volume at 15 °C that is surely right? A cheap test before
-- volume_15c_expression.sql, which is dear, over millions of movements of which nearly all are right.
-- Source: ASTM D1250-80 / API MPMS 11.1 (1980) / ISO 91-1, Table 54B.
--
-- To embed: put this SELECT in FROM ( ... ) AS quick, and replace the placeholders, which occur once
-- each: <rows> (a table, or a SELECT in brackets; called `given` in the others), <volume_observed>,
-- <observed_density>, <temperature_c>, <instrument> as in volume_15c_expression.sql, <volume_15c>
-- (recorded, L) and <tolerance> (L; more than 0.1 % of the volume is never sure).
-- It gives all columns of the rows, and surely_right: true only when the recorded volume is
-- within the tolerance of the standard's. False or NULL says nothing: the whole computation must decide.
--
-- Why it is sound: the density at 15 °C that the recorded volume implies is observed density /
-- (recorded volume / observed volume). If the volume is right, Table 54B gives for that density the
-- very factor back. The step from one factor to the next is a contraction: its derivative is about
-- -density * delta * d(alpha)/d(density), which lies between -0.7 (90 °C, steepest range) and 0.3
-- (-18 °C). So a true deviation d moves the factor by at least 0.7 d, and who moves by less than half
-- the tolerance is within it. Values between two printed ranges, outside the domain or within
-- 1 kg/m3 of its ends (a recorded volume could make them look inside) give NULL.
--
-- How: a chain over the rows and no LATERAL, which would start a plan of its own for each row and takes
-- four times as long. OFFSET 0 keeps the planner from merging the steps, as in the whole computation.
SELECT
    step.*,
    abs(step.tested_observed * exp(-step.tested_x * (1.0 + 0.8 * step.tested_x)) - step.tested_15c)
        < step.tested_tolerance / 2.0
    AND step.tested_tolerance <= step.tested_observed * 0.001 AS surely_right
FROM (
    SELECT
        implied.*,
        implied.tested_delta * CASE
            WHEN implied.tested_rho BETWEEN 654.0 AND 770.0
            THEN (346.4228 / implied.tested_rho + 0.4388) / implied.tested_rho
            WHEN implied.tested_rho BETWEEN 770.5 AND 787.5
            THEN 2680.3206 / implied.tested_rho / implied.tested_rho - 0.00336312
            WHEN implied.tested_rho BETWEEN 788.0 AND 838.5
            THEN 594.5418 / implied.tested_rho / implied.tested_rho
            WHEN implied.tested_rho BETWEEN 839.0 AND 1074.0
            THEN (186.9696 / implied.tested_rho + 0.4862) / implied.tested_rho
        END AS tested_x
    FROM (
        SELECT
            bounded.*,
            bounded.tested_density * CASE bounded.tested_instrument
                WHEN 'densitometer' THEN CAST(1.0 AS double precision)
                WHEN 'hydrometer' THEN
                    CAST(1.0 AS double precision) - 0.000023 * bounded.tested_delta
                    - 0.00000002 * bounded.tested_delta * bounded.tested_delta
            END * bounded.tested_observed / bounded.tested_15c AS tested_rho
        FROM (
            -- Bounds of the domain, so that no absurd value overflows.
            SELECT
                raw.*,
                CASE WHEN raw.raw_observed BETWEEN 0.0 AND 1e9 THEN raw.raw_observed END
                    AS tested_observed,
                CASE WHEN raw.raw_density BETWEEN 1.0 AND 1e5 THEN raw.raw_density END
                    AS tested_density,
                CASE WHEN raw.raw_temperature BETWEEN -18.0 AND 90.0 THEN raw.raw_temperature - 15.0 END
                    AS tested_delta,
                CASE WHEN raw.raw_15c BETWEEN 0.001 AND 1e9 THEN raw.raw_15c END AS tested_15c
            FROM (
                SELECT
                    given.*,
                    CAST(<volume_observed> AS double precision) AS raw_observed,
                    CAST(<observed_density> AS double precision) AS raw_density,
                    CAST(<temperature_c> AS double precision) AS raw_temperature,
                    CAST(<instrument> AS text) AS tested_instrument,
                    CAST(<volume_15c> AS double precision) AS raw_15c,
                    CAST(<tolerance> AS double precision) AS tested_tolerance
                FROM <rows> AS given
            ) AS raw
        ) AS bounded
        OFFSET 0
    ) AS implied
    OFFSET 0
) AS step
