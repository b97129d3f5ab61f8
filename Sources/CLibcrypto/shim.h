/* SHA-256 is called millions of times on inputs of tens of bytes. Its low-level interface keeps the
   state in a plain struct and costs 100 ns for 64 bytes; through EVP it is 160 ns and a heap object,
   through SHA256() 530 ns. OpenSSL 3 marks that interface deprecated, hence: */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
