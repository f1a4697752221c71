-- Takes away what volumetrics.sql created, in the reverse order of its dependencies.
DROP FUNCTION volumetrics_volume_15(double precision, double precision, double precision, text);
DROP FUNCTION volumetrics_density_15_53b(double precision, double precision, text);
DROP FUNCTION volumetrics_at_15(double precision, double precision, double precision, text);
DROP FUNCTION volumetrics_vcf_54b(double precision, double precision);
DROP FUNCTION volumetrics_alpha_54b(double precision);
