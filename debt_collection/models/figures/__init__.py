from . import (
    res_company,
    res_config_settings,
    debt_call,
    debt_collection_report,
    debt_collection_told,
    debt_collection_money,
    debt_collection_write,
    debt_figures,
    debt_figures_record,
    digest_digest,
)
