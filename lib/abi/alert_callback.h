// A host's callback for alerts, as the vault calls it.
#pragma once

#include "medseal/medseal.h"
#include "vault/alert_delivery.h"

namespace mseal::abi {

// Empty for NULL.
vault::AlertCallback CallbackOf(medseal_alert_callback callback, void* context);

}  // namespace mseal::abi
