/*
 * lib/detect: the meaning of keys, in six languages and all styles, and the values that fit them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "detect/given.h"
#include "detect/key_meaning.h"
#include "detect/likely.h"

/* clang-format off */
static const struct {
    const char *kinds; /* "" for none; a weak one has "?" */
    const char *keys;  /* separated by blanks */
} said[] = {
    { "ip",      "ip IP clientIp client_ip Client-IP clientip sourceIPAddress ipv4 ip_address remote_addr "
                 "X-Forwarded-For adresse_ip indirizzoIp adresIp shopperIP last.login.ip" },
    { "email",   "email e-mail eMail E_MAIL emailAddress work_email courriel correoElectronico kundenmail" },
    { "phone",   "phone phoneNumber mobile_phone tel Telefonnummer numer_telefonu numéroTéléphone móvil "
                 "handynummer cellulare msisdn nrTelefonu TELEFON" },
    { "card",    "card_number cardNumber pan kreditkarte numeroTarjeta" },
    { "iban",    "iban IBAN kontonummer numer_konta" },
    { "ssn",     "ssn social_security_number codice_fiscale codiceFiscale pesel dni steuer_id numéroSécuritéSociale "
                 "passportNumber nrDowodu" },
    { "name",    "firstName last_name Vorname NACHNAME prénom nomFamille apellidos cognome imię nazwisko surname "
                 "customer_name cardholder_name" },
    { "name?",   "name nom nombre nome full_name owner kunde" },
    { "birth",   "birthDate date_of_birth dob Geburtsdatum geburtstag dateNaissance fecha_nacimiento data_di_nascita "
                 "dataUrodzenia" },
    { "birth?",  "age alter edad" },
    { "address", "street streetAddress address_line_1 Straße strasse_hausnummer plz code_postal calle indirizzo ulica "
                 "kodPocztowy postal_code zip" },
    { "address?", "city Ort ville ciudad città miasto via" },
    { "geo",     "lat latitude lng longitude Breitengrad längengrad latitud coordinates gps_position" },
    { "geo?",    "location position standort" },
    { "device",  "device_id deviceId DEVICE-ID imei idfa advertisingId geräteId id_urządzenia mac_address license_plate" },
    { "device?", "device Gerät dispositivo appareil urządzenie" },
    { "user",    "user_id userName username login benutzername utilisateur usuario nome_utente nazwaUzytkownika "
                 "created_by erstelltVon modifié_par gamertag" },
    { "name?,user?", "author assignee" },
    { "user?",   "mentions from" },
    { "",        "app_version device_type locale status created_at shipment zip_size phone_type ip_count order_id "
                 "email_verified name_length address_type latency flat platform hotel_stars page usage message "
                 "requestId trace_id user_agent_family userAgent login_result tipo_usuario statut_client address_id "
                 "id_adresse user_interface liczba_klientow mail_server description price x \xC3\xA9 _ 1" },
};

static const struct {
    unsigned trait;
    const char *keys;
} traits[] = {
    { KEY_PERSON,  "customer kunde client usuario utente klient patient" },
    { KEY_THING,   "product artikel produit tienda negozio sklep store_name" },
    { KEY_VERSION, "version app_version firmware build user_agent compilacion" },
    { KEY_NUMBER,  "order_id orderNumber bestellnummer numero_commande invoice_no tracking_number sku" },
    { KEY_TIME,    "created_at timestamp ts datum fecha" },
    { KEY_OPAQUE,  "request_id sha256 trace_id message_id etag" },
    { KEY_HOLDER,  "device gerät appareil" },
    { KEY_SURROGATE, "user_id userId userid Kundennummer id_cliente customerNo" },
    { KEY_ID,      "id uuid identifier" },
    { KEY_MACHINE, "server_ip podIP upstream_addr host db_host serwer_ip" },
};

static const char *const data[] = { "203.0.113.7", "a@example.com", "550e8400-e29b-41d4-a716-446655440000", "4711", "2024-01-15",
    "d41d8cd98f00b204e9800998ecf8427e", "5f4dcc3b5aa765d61d8327deb882cf99", "user_12345", "+49 151 23456789", "Anna Schmidt", "10:30", "1.5" };
static const char *const names[] = { "ip", "address_line_1", "md5", "sha256", "x", "", "Straße", "deadbeef", "http_5xx", "odd key", "Max Speed", "Bill To Name", "First Name", "k64" };
/* clang-format on */

/* Write the kinds of a meaning in the form of ${said}. */
static void tell(const struct key_meaning *meaning, char *out, size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (unsigned kind = 0; kind < KEY_KINDS; kind++)
        if ((meaning->kinds & DETECT_BIT(kind)) != 0)
            used += (size_t)snprintf(out + used, room - used, "%s%s%s", used > 0 ? "," : "",
                key_meaning_kind_name(kind), (meaning->weak & DETECT_BIT(kind)) != 0 ? "?" : "");
}

static void says_the_kind_of_its_value(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        for (const char *key = said[i].keys; *key != '\0';) {
            size_t length = strcspn(key, " ");
            struct key_meaning meaning;
            char kinds[200];
            key_meaning_read(key, length, &meaning);
            tell(&meaning, kinds, sizeof kinds);
            if (strcmp(kinds, said[i].kinds) != 0) {
                print_error("%.*s: %s, not %s\n", (int)length, key, kinds, said[i].kinds);
                wrong++;
            }
            key += length + (key[length] == ' ');
        }
    assert_int_equal(wrong, 0);
}

static void says_what_it_is_about(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++)
        for (const char *key = traits[i].keys; *key != '\0';) {
            size_t length = strcspn(key, " ");
            struct key_meaning meaning;
            key_meaning_read(key, length, &meaning);
            if ((meaning.traits & traits[i].trait) == 0) {
                print_error("%.*s: lacks %u\n", (int)length, key, traits[i].trait);
                wrong++;
            }
            key += length + (key[length] == ' ');
        }
    assert_int_equal(wrong, 0);
}

static void keys_that_are_data_are_told_from_names(void **state)
{
    (void)state;
    char longest[102];
    memset(longest, 'a', sizeof longest);
    for (size_t i = 0; i < sizeof data / sizeof *data; i++)
        if (!key_meaning_is_data(data[i], strlen(data[i])))
            fail_msg("%s: a name", data[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (key_meaning_is_data(names[i], strlen(names[i])))
            fail_msg("%s: data", names[i]);
    assert_false(key_meaning_is_data(longest, 100));
    assert_true(key_meaning_is_data(longest, 101));
}

/* Keys of any length, and bytes that are not UTF-8. */
static void takes_any_bytes(void **state)
{
    (void)state;
    unsigned char bytes[300];
    struct key_meaning meaning;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 % 256);
    for (size_t length = 0; length < sizeof bytes; length++) {
        key_meaning_read((const char *)bytes, length, &meaning);
        (void)key_meaning_is_data((const char *)bytes + sizeof bytes - length, length);
    }
    key_meaning_read("\xC3", 1, &meaning);
    assert_int_equal(meaning.kinds, 0);
}

static const struct {
    const char *text;
    bool number;
    unsigned kind;
    bool likely;
} values[] = {
    { "Anna", false, KEY_NAME, true },
    { "R2-D2 4", false, KEY_NAME, false },
    { "a_b", false, KEY_NAME, false },
    { "1970-01-31", false, KEY_BIRTH, true },
    { "1970", true, KEY_BIRTH, true },
    { "Hauptstr. 5", false, KEY_ADDRESS, true },
    { "12345", true, KEY_ADDRESS, true },
    { "0x52908400098527886E0F7030069857D2E4169EE7", false, KEY_ADDRESS, false },
    { "0.0.0.0", false, KEY_ADDRESS, false },
    { "48.8566", true, KEY_GEO, true },
    { "4885.66", true, KEY_GEO, false },
    { "48.85,2.35", false, KEY_GEO, true },
    { "android", false, KEY_DEVICE, false },
    { "593-47-5928", false, KEY_DEVICE, true },
    { "alice", false, KEY_USER, true },
    { "0151 2345678", false, DETECT_PHONE, true },
    { "2125550123", true, DETECT_PHONE, true },
    { "iPhone 15", false, DETECT_PHONE, false },
    { "203.0.113.7", false, KEY_IP, true },
    { "unknown", false, KEY_IP, false },
    { "", false, KEY_NAME, false },
};

/* Count a value; one at a time. */
static struct likely counted(const char *text, bool number)
{
    static struct census census;
    census_take(text, strlen(text), &census);
    return (struct likely){ text, strlen(text), number, &census };
}

static void values_have_the_shape_of_a_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct likely value = counted(values[i].text, values[i].number);
        unsigned bit = DETECT_BIT(values[i].kind);
        if ((likely_kinds(&value, bit, 0, 0) == bit) != values[i].likely)
            fail_msg("%s as %s", values[i].text, key_meaning_kind_name(values[i].kind));
        assert_int_equal(likely_kinds(&value, 0, 0, 0), 0);
    }
}

/* Values that fit a word which also describes things. */
static const struct {
    const char *text;
    bool number;
    unsigned kind;
    unsigned traits;
    bool likely;
} weak_values[] = {
    { "9f86d081884c7d65", false, KEY_DEVICE, 0, true },
    { "550e8400-e29b-41d4-a716-446655440000", false, KEY_DEVICE, 0, true },
    { "SM-G991B", false, KEY_DEVICE, 0, false },
    { "iPhone15,2", false, KEY_DEVICE, 0, false },
    { "2024-01-15T10:00:00Z", false, KEY_DEVICE, KEY_TIME, false },
    { "Anna", false, KEY_NAME, 0, true },
    { "Villa Maria", false, KEY_NAME, 0, false },
    { "Bernard SARL", false, KEY_NAME, 0, false },
    { "darkwolf92", false, KEY_USER, KEY_PERSON, true },
    { "darkwolf92", false, KEY_USER, 0, false },
    { "Running Shoes", false, KEY_USER, KEY_PERSON, false },
    { "@anna.k", false, KEY_USER, 0, true },
    { "@scope/package", false, KEY_USER, 0, false },
    { "0.73451", true, KEY_GEO, 0, false },
    { "13.40495", true, KEY_GEO, 0, true },
};

static void weak_keys_take_less(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof weak_values / sizeof *weak_values; i++) {
        const struct likely value = counted(weak_values[i].text, weak_values[i].number);
        unsigned bit = DETECT_BIT(weak_values[i].kind);
        if ((likely_kinds(&value, bit, bit, weak_values[i].traits) == bit) != weak_values[i].likely)
            fail_msg("%s as %s", weak_values[i].text, key_meaning_kind_name(weak_values[i].kind));
    }
}

static const struct {
    const char *text;
    bool number;
    unsigned traits;
    bool opaque;
} users[] = {
    { "550e8400-e29b-41d4-a716-446655440000", false, 0, true },
    { "4711", true, 0, true },
    { "4711", false, 0, true },
    { "alice", false, KEY_SURROGATE, false },
    { "u1", false, KEY_SURROGATE, true },
    { "K-10293", false, KEY_SURROGATE, true },
    { "anna1985", false, 0, false },
    { "a1b2c3d4e5f6", false, 0, true },
    { "alice42@example.com", false, KEY_SURROGATE, false },
};

static void numbers_given_out_name_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        const struct likely value = counted(users[i].text, users[i].number);
        if (likely_opaque(&value, users[i].traits) != users[i].opaque)
            fail_msg("%s", users[i].text);
    }
}

static void names_are_told_from_titles(void **state)
{
    (void)state;
    assert_true(likely_person("Anna Schmidt", 12));
    assert_false(likely_person("Espresso Machine", 16));
    assert_false(likely_person("anna schmidt", 12));
    assert_false(likely_person("Anna", 4));
    assert_true(likely_person("Jos\xC3\xA9 \xC3\x81lvarez Gil", 18));
    assert_true(
        given_is_name("ANNA", 4) && given_is_name("zuzanna", 7) && given_is_name("aaron", 5));
    assert_false(given_is_name("machine", 7) || given_is_name("", 0) || given_is_name("a", 1));
    assert_false(likely_person("Anna Schmidt GmbH", 17));
    assert_true(
        given_is_thing("AG", 2) && given_is_thing("your", 4) && given_is_thing("Caf\xC3\xA9", 5));
    assert_false(given_is_thing("anna", 4) || given_is_thing("", 0) || given_is_thing("caf", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_the_kind_of_its_value),
        cmocka_unit_test(says_what_it_is_about),
        cmocka_unit_test(keys_that_are_data_are_told_from_names),
        cmocka_unit_test(takes_any_bytes),
        cmocka_unit_test(values_have_the_shape_of_a_kind),
        cmocka_unit_test(weak_keys_take_less),
        cmocka_unit_test(numbers_given_out_name_nobody),
        cmocka_unit_test(names_are_told_from_titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
