#include "mask/method_email.h"
#include "mask/method_ff1.h"
#include "mask/method_hmac.h"
#include "mask/method_ipcrypt.h"
#include "mask/method_partial.h"
#include "mask/method_redact.h"
#include "mask/method_round.h"
#include "mask/method_sha256.h"
#include "mask/method_shift.h"
#include "mask/method_siv.h"
#include "mask/method_table.h"
#include "mask/method_truncate.h"
#include "mask/method_uuid.h"

const struct method_work *method_table_work(const struct method *method)
{
    static const struct method_work *const works[METHOD_IDS] = {
        [METHOD_SIV] = &method_siv,
        [METHOD_HMAC] = &method_hmac,
        [METHOD_IPCRYPT] = &method_ipcrypt,
        [METHOD_IPCRYPT_PFX] = &method_ipcrypt_pfx,
        [METHOD_FF1] = &method_ff1,
        [METHOD_UUID] = &method_uuid,
        [METHOD_EMAIL] = &method_email,
        [METHOD_TRUNCATE] = &method_truncate,
        [METHOD_ROUND] = &method_round,
        [METHOD_SHIFT] = &method_shift,
        [METHOD_PARTIAL] = &method_partial,
        [METHOD_REDACT] = &method_redact,
        [METHOD_SHA256] = &method_sha256,
    };
    return works[method->id];
}
