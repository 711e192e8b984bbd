/*
 * secret_cipher.c
 *		AES-256-GCM by OpenSSL, and the file with the key.
 *
 *	stored		version (1 byte, 1), nonce 12, ciphertext, tag 16
 *
 * The secret's name is authenticated with it, so that one secret's bytes cannot
 * be put in another's place.
 */
#include "postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/pg_compat.h"
#include "guc.h"
#include "io/secret_cipher.h"
#include "miscadmin.h"
#include "storage/fd.h"

#define VERSION 1
#define KEY_SIZE 32
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define OVERHEAD (1 + NONCE_SIZE + TAG_SIZE)

#define DEFAULT_FILE "fluxtask.key"

/* ---- the key ---- */

static const char *
key_path(void)
{
	return flux_guc_secret_key_file == NULL || flux_guc_secret_key_file[0] == '\0'
			   ? DEFAULT_FILE
			   : flux_guc_secret_key_file;
}

static void
pg_attribute_noreturn() raise_key_file(const char *what)
{
	ereport(ERROR, (errcode_for_file_access(),
					errmsg("could not %s the key file of secrets \"%s\": %m", what, key_path())));
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads the key; false when there is no such file. */
static bool
read_key(unsigned char *key)
{
	int fd = OpenTransientFile(key_path(), O_RDONLY | PG_BINARY);
	struct stat info;
	char text[2 * KEY_SIZE];
	int size;

	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0)
		raise_key_file("open");
	if (fstat(fd, &info) != 0)
		raise_key_file("examine");
	if ((info.st_mode & (S_IWGRP | S_IRWXO)) != 0)
		ereport(ERROR, (errcode(ERRCODE_CONFIG_FILE_ERROR),
						errmsg("key file of secrets \"%s\" is open to others", key_path()),
						errhint("chmod 600 closes it.")));
	size = read(fd, text, sizeof(text));
	if (size < 0)
		raise_key_file("read");
	CloseTransientFile(fd);
	for (int i = 0; i < KEY_SIZE; i++)
	{
		int high = size == sizeof(text) ? hex_digit(text[2 * i]) : -1;
		int low = size == sizeof(text) ? hex_digit(text[2 * i + 1]) : -1;

		if (high < 0 || low < 0)
			ereport(ERROR, (errcode(ERRCODE_CONFIG_FILE_ERROR),
							errmsg("key file of secrets \"%s\" does not hold %d hexadecimal digits",
								   key_path(), 2 * KEY_SIZE)));
		key[i] = (unsigned char) (high * 16 + low);
	}
	OPENSSL_cleanse(text, sizeof(text));
	return true;
}

/* Makes a key file; when two do so at the same time, one of them wins. */
static void
make_key(void)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char key[KEY_SIZE];
	char text[2 * KEY_SIZE];
	char *temporary = psprintf("%s.%d", key_path(), MyProcPid);
	int fd;

	if (!pg_strong_random(key, sizeof(key)))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not make random bytes")));
	for (int i = 0; i < KEY_SIZE; i++)
	{
		text[2 * i] = digits[key[i] >> 4];
		text[2 * i + 1] = digits[key[i] & 15];
	}
	(void) unlink(temporary);
	fd = OpenTransientFilePerm(temporary, O_WRONLY | O_CREAT | O_EXCL | PG_BINARY, 0600);
	if (fd < 0)
		raise_key_file("create");
	if (write(fd, text, sizeof(text)) != sizeof(text) || pg_fsync(fd) != 0)
		raise_key_file("write");
	CloseTransientFile(fd);
	if (link(temporary, key_path()) != 0 && errno != EEXIST)
		raise_key_file("create");
	(void) unlink(temporary);
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(text, sizeof(text));
}

/* ---- the cipher ---- */

static void
pg_attribute_noreturn() raise_unreadable(FluxText key)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		 errmsg("secret \"%.*s\" cannot be decrypted with this server's key", key.size, key.data),
		 errhint("Store it anew with flux.set_secret(), or bring the key file \"%s\" of the "
				 "server that it comes from.",
				 key_path())));
}

bytea *
flux_secret_encrypt(FluxText key, FluxText value)
{
	unsigned char secret_key[KEY_SIZE];
	bytea *stored = palloc(VARHDRSZ + OVERHEAD + value.size);
	unsigned char *nonce = (unsigned char *) VARDATA(stored) + 1;
	unsigned char *text = nonce + NONCE_SIZE;
	EVP_CIPHER_CTX *context;
	int size = 0;
	bool is_done;

	SET_VARSIZE(stored, VARHDRSZ + OVERHEAD + value.size);
	if (!read_key(secret_key))
	{
		make_key();
		if (!read_key(secret_key))
			raise_key_file("open");
	}
	*VARDATA(stored) = VERSION;
	if (!pg_strong_random(nonce, NONCE_SIZE))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not make random bytes")));
	context = EVP_CIPHER_CTX_new();
	is_done =
		context != NULL &&
		EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, secret_key, nonce) == 1 &&
		EVP_EncryptUpdate(context, NULL, &size, (const unsigned char *) key.data, key.size) == 1 &&
		EVP_EncryptUpdate(context, text, &size, (const unsigned char *) value.data, value.size) ==
			1 &&
		EVP_EncryptFinal_ex(context, text + size, &size) == 1 &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, text + value.size) == 1;
	EVP_CIPHER_CTX_free(context);
	OPENSSL_cleanse(secret_key, sizeof(secret_key));
	if (!is_done)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not encrypt a secret")));
	return stored;
}

FluxText
flux_secret_decrypt(FluxText key, const bytea *stored)
{
	unsigned char secret_key[KEY_SIZE];
	const unsigned char *nonce = (const unsigned char *) VARDATA_ANY(stored) + 1;
	const unsigned char *text = nonce + NONCE_SIZE;
	int value_size = (int) VARSIZE_ANY_EXHDR(stored) - OVERHEAD;
	char *value;
	EVP_CIPHER_CTX *context;
	int size = 0;
	bool is_done;

	if (value_size < 0 || *VARDATA_ANY(stored) != VERSION || !read_key(secret_key))
		raise_unreadable(key);
	value = palloc(value_size + 1);
	value[value_size] = '\0';
	context = EVP_CIPHER_CTX_new();
	is_done =
		context != NULL &&
		EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, secret_key, nonce) == 1 &&
		EVP_DecryptUpdate(context, NULL, &size, (const unsigned char *) key.data, key.size) == 1 &&
		EVP_DecryptUpdate(context, (unsigned char *) value, &size, text, value_size) == 1 &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG_SIZE,
							unconstify(unsigned char *, text + value_size)) == 1 &&
		EVP_DecryptFinal_ex(context, (unsigned char *) value + size, &size) == 1;
	EVP_CIPHER_CTX_free(context);
	OPENSSL_cleanse(secret_key, sizeof(secret_key));
	if (!is_done)
		raise_unreadable(key);
	return flux_text(value, value_size);
}
