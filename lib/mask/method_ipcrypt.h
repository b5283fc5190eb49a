#ifndef MASK_METHOD_IPCRYPT_H
#define MASK_METHOD_IPCRYPT_H

#include "mask/method_work.h"

/*
 * ipcrypt, ipcrypt-pfx: IP addresses become IP addresses (crypto/ipcrypt.h: ipcrypt-deterministic
 * and ipcrypt-pfx of draft-denis-ipcrypt). The keys are 16 and 32 bytes of keyring_derive() for the
 * method's name and the domain. Addresses are those of mask/address.h; unmasking gives its only
 * spelling. An encrypted address does not show which key made it.
 */
extern const struct method_work method_ipcrypt;
extern const struct method_work method_ipcrypt_pfx;

#endif
