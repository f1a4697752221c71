-- Undoes delegations.sql.
DROP TRIGGER c_ended ON delegation;
DROP TRIGGER c_lent ON delegation;
DROP FUNCTION delegation_ended();
DROP FUNCTION delegation_lent();
