"""Certificates, keys and signatures: openssl, gpg, keystores, and the clients of certificate authorities."""

from __future__ import annotations

from ..rule import Rule, Tool

GPG = "gpg|gpg2|gpg1"
CERTBOT = "certbot|certbot-auto|letsencrypt"

# fmt: off
TOOLS: tuple[Tool, ...] = (
    Tool(
        "openssl",
        "-in -out -inform -outform -connect -servername -CAfile -CApath -cert -key -subj -days -newkey -keyout -config -extfile -extensions -passin -passout -signkey -CA -CAkey -CAserial -set_serial -cipher -host -port "
        "-starttls -verify_hostname -revoke -name -inkey -certfile -caname -checkend -checkhost -nameopt -certopt -ext -subject_hash_x -url -issuer -VAfile -alpn -proxy -algorithm -pkeyopt -curve -reqexts -addext -crl_reason "
        "-policy -untrusted -purpose -attime -sigfile -signature -sign -verify -k -K -iv -S -md -iter -pass -servername -provider -engine -rand -kfile -macopt -mac -digest",
        long_dash=True,
    ),
    Tool("keytool", "-alias -keystore -storepass -keypass -storetype -file -srckeystore -destkeystore -srcstorepass -deststorepass -srcalias -destalias -dname -keyalg -keysize -validity -sslserver -ext -providername -J-D -rfc-file -sigalg -deststoretype -srcstoretype", long_dash=True),
    Tool(
        GPG,
        "-o --output -r --recipient -u --local-user --keyserver --homedir --keyring --passphrase --passphrase-file --passphrase-fd --status-fd --logger-fd --trust-model --cipher-algo --pinentry-mode --default-key "
        "--keyid-format --options --display-charset --secret-keyring --command-fd --export-options --import-options --list-options --with-colons-x --keyserver-options",
    ),
    Tool("ykman", "-d --device -r --reader -p --password", has_verbs=True),
    Tool("yubico-piv-tool|pkcs11-tool|pkcs15-tool", "-a --action -s --slot -i -o -k -r -P -N -A -S -K --module --pin --id --label --type -y -d"),
    Tool(CERTBOT, "-d --domain --domains --cert-name -w --webroot-path --email -m --server --config-dir --work-dir --logs-dir --deploy-hook --pre-hook --post-hook --preferred-challenges --key-type --reason --cert-path --config -c"),
    Tool("acme.sh|dehydrated|lego|getssl", "-d --domain --domains --dns -w --webroot --server --email -m -a --accountemail --path --key-file --fullchain-file --reloadcmd -c --config --challenge -t"),
    Tool("step|step-ca|cmctl|cfssl|smallstep", "-n --namespace --ca-url --root --provisioner -ca -ca-key -config -profile --reason -f", has_verbs=True),
    Tool("certutil|pk12util|modutil|certmonger|getcert|ipa-getcert", "-d -n -h -f -t -i -o -k -W -w -r -I -K -D -N -U"),
    Tool("easyrsa|mkcert|minica|trust|vault-pki", "", long_dash=False),
)

RULES: tuple[Rule, ...] = (
    # openssl
    Rule("openssl", "ca -revoke", "dangerous", "credentials", "revokes a certificate", yes=("openssl ca -config ca.cnf -revoke old.crt",), no=("openssl ca -gencrl -out crl.pem",)),
    Rule("openssl", "... -out=/tmp/*|/var/tmp/*|/dev/null|/dev/stdout|- !-keyout", "safe", "local_scratch", "writes to a scratch file", yes=("openssl x509 -in a.pem -out /tmp/a.der -outform der",), no=("openssl x509 -in a.pem -out a.der",)),
    Rule("openssl", "rand|passwd|prime|version|ciphers|list|errstr|speed|base64|md5|sha1|sha256|sha512|dgst|asn1parse|help|info|fipsinstall|engine|s_time|sess_id !-out", "safe", "read_only", "only computes or prints", yes=("openssl rand -base64 32", "openssl version -a", "openssl dgst -sha256 a.tgz", "openssl ciphers -v"), no=("openssl rand -out key.bin 32",)),
    Rule("openssl", "s_client|verify|ocsp|crl|crl2pkcs7|pkcs7|storeutl|nseq|ts !-out !-keys", "safe", "read_only", "only reads certificates",
         yes=("openssl s_client -connect api.example.com:443 -servername api.example.com", "openssl s_client -showcerts -connect db:5432 -starttls postgres", "openssl verify -CAfile ca.pem shop.pem", "openssl crl -in crl.pem -noout -text", "openssl ocsp -issuer ca.pem -cert a.pem -url http://o"),
         no=("openssl s_server -accept 443",)),
    Rule("openssl", "x509 !-out !-req !-signkey !-CA !-new", "safe", "read_only", "only reads certificates", yes=("openssl x509 -noout -subject -enddate -in /etc/ssl/books.pem", "openssl x509 -noout -text -in a.pem", "openssl x509 -noout -checkend 86400 -in a.pem", "openssl x509 -pubkey -in a.pem"), no=("openssl x509 -req -in a.csr -CA ca.pem -CAkey ca.key -out a.pem",)),
    Rule("openssl", "req -noout|-text|-verify !-new !-newkey !-x509 !-out !-keyout", "safe", "read_only", "only reads a request", yes=("openssl req -noout -text -in a.csr", "openssl req -in a.csr -noout -verify"), no=("openssl req -new -newkey rsa:2048 -keyout a.key -out a.csr",)),
    Rule("openssl", "rsa|pkey|ec|dsa|dhparam|dh|ecparam|pkeyparam|pkcs12 -noout|-pubout|-modulus|-check|-nokeys|-list_curves|-pubcheck !-out !-genkey !-text", "safe", "read_only", "only reads a key", yes=("openssl rsa -noout -modulus -in a.key", "openssl pkey -in a.key -pubout", "openssl pkcs12 -in a.p12 -nokeys", "openssl rsa -check -noout -in a.key"),
         no=("openssl rsa -in a.key", "openssl genrsa 2048")),
    Rule("openssl", "rsa|pkey|ec|dsa|pkcs8|pkcs12 !-out !-export", "caution", "credentials", "prints a private key", yes=("openssl rsa -in a.key", "openssl pkcs12 -in a.p12 -nodes", "openssl pkey -in a.key -text"), no=("openssl rsa -noout -modulus -in a.key",)),
    Rule("openssl", "enc|cms|smime|pkeyutl|rsautl|aes-256-cbc|aes-128-cbc|des3 -d|-decrypt !-out", "caution", "credentials", "prints what was secret", yes=("openssl enc -d -aes-256-cbc -in a.enc", "openssl smime -decrypt -in a.p7 -inkey a.key"), no=("openssl enc -base64 -in a",)),
    Rule("openssl", "enc -base64|-a|-A !-out !-d !-K !-pass !-k", "safe", "read_only", "only encodes", yes=("openssl enc -base64 -in a.bin",), no=("openssl enc -d -aes-256-cbc -in a.enc",)),
    Rule("openssl", "", "caution", "credentials", "makes or changes keys and certificates",
         yes=("openssl genrsa -out a.key 2048", "openssl req -new -newkey rsa:2048 -nodes -keyout a.key -out a.csr", "openssl x509 -req -in a.csr -CA ca.pem -CAkey ca.key -out a.pem", "openssl pkcs12 -export -in a.pem -inkey a.key -out a.p12", "openssl enc -aes-256-cbc -in a -out a.enc",
              "openssl s_server -accept 8443 -cert a.pem", "openssl ca -gencrl -out crl.pem"),
         no=("openssl x509 -noout -text -in a.pem",)),
    # Keystores
    Rule("keytool", "-delete", "dangerous", "credentials", "removes a key or certificate from a keystore", dry_run="-delete=>-list", grade="approximate", note="lists the entry that would go", yes=("keytool -delete -alias shop -keystore /etc/app/keystore.jks",), no=("keytool -list -keystore a.jks",)),
    Rule("keytool", "-list|-printcert|-printcertreq|-printcrl|-showinfo|-help", "safe", "read_only", "only reads", yes=("keytool -list -v -keystore a.jks -storepass x", "keytool -printcert -sslserver shop:443"), no=("keytool -importcert -file a.pem -keystore a.jks",)),
    Rule("keytool", "-exportcert|-export !-file", "safe", "read_only", "only prints a certificate", yes=("keytool -exportcert -rfc -alias shop -keystore a.jks",), no=("keytool -exportcert -alias shop -file a.pem",)),
    Rule("keytool", "", "caution", "credentials", "changes a keystore", yes=("keytool -importcert -alias ca -file ca.pem -keystore a.jks", "keytool -genkeypair -alias shop -keystore a.jks", "keytool -storepasswd -keystore a.jks"), no=("keytool -delete -alias a -keystore a.jks",)),
    Rule("certutil", "-D|-F", "dangerous", "credentials", "removes a certificate or key", yes=("certutil -D -d sql:/etc/pki/nssdb -n shop",), no=("certutil -L -d sql:/etc/pki/nssdb",)),
    Rule("certutil|pk12util|modutil", "-L|-K|-V|-l|-list|-H|-U", "safe", "read_only", "only reads", yes=("certutil -L -d sql:/etc/pki/nssdb", "pk12util -l a.p12"), no=("certutil -A -n ca -t C,, -i ca.pem -d x",)),
    Rule("certutil|pk12util|modutil", "", "caution", "credentials", "changes a keystore", yes=("certutil -A -n ca -t C,, -i ca.pem -d x",), no=("certutil -L -d x",)),
    Rule("getcert|ipa-getcert|certmonger", "list|list-cas|status", "safe", "read_only", "only reads", yes=("getcert list", "ipa-getcert list -i 2024"), no=("getcert resubmit -i 2024",)),
    Rule("getcert|ipa-getcert|certmonger", "", "caution", "credentials", "asks for certificates, or changes what is watched", yes=("getcert resubmit -i 2024", "ipa-getcert stop-tracking -i 1"), no=("getcert list",)),
    Rule("trust", "list|dump|check-format", "safe", "read_only", "only reads", yes=("trust list",), no=("trust anchor ca.pem",)),
    Rule("mkcert", "-CAROOT|-version", "safe", "read_only", "only says where it is", yes=("mkcert -CAROOT",), no=("mkcert -install",)),
    Rule("trust|mkcert|minica|update-ca-certificates|update-ca-trust|c_rehash|ssl-cert-check-update|age-keygen|minisign|signify|cosign-key", "", "caution", "credentials", "makes keys, or changes which certificates this host believes", yes=("update-ca-certificates", "sudo update-ca-trust extract", "trust anchor ca.pem", "mkcert -install"), no=("trust list",)),
    Rule("easyrsa", "revoke*|init-pki|clean-all|revoke-renewed|expire", "dangerous", "credentials", "revokes certificates, or starts over without the old keys", yes=("easyrsa revoke bob", "./easyrsa init-pki"), no=("easyrsa show-ca",)),
    Rule("easyrsa", "show-*|verify|display-*|help|version|verify-cert", "safe", "read_only", "only reads", yes=("easyrsa show-ca",), no=("easyrsa gen-crl",)),
    Rule("easyrsa", "", "caution", "credentials", "makes keys and certificates", yes=("easyrsa build-client-full bob nopass", "easyrsa gen-crl"), no=("easyrsa show-ca",)),
    # Certificates of an authority
    Rule(CERTBOT, "certificates|plugins|show_account|help", "safe", "read_only", "only reads", yes=("certbot certificates", "sudo certbot plugins"), no=("certbot renew",)),
    Rule(CERTBOT, "delete|revoke|unregister", "dangerous", "credentials", "removes or revokes a certificate", dry_run="instead certbot certificates", grade="approximate", note="lists the certificates there are",
         yes=("certbot delete --cert-name shop.example.com", "certbot revoke --cert-path /etc/letsencrypt/live/x/cert.pem"), no=("certbot renew",)),
    Rule(CERTBOT, "--dry-run|--test-cert !revoke !delete", "safe", "dry_run", "only tries against the test authority", yes=("certbot renew --dry-run", "certbot certonly --nginx -d x --dry-run"), no=("certbot renew",)),
    Rule(CERTBOT, "", "caution", "credentials", "fetches certificates, and reloads what uses them", dry_run="+--dry-run", yes=("certbot renew", "certbot renew --nginx", "certbot certonly --webroot -w /srv -d x", "certbot --nginx -d x", "certbot renew --force-renewal"), no=("certbot renew --dry-run", "certbot delete")),
    Rule("acme.sh", "--revoke|--remove|--uninstall|--deactivate|--deactivate-account", "dangerous", "credentials", "removes or revokes a certificate", yes=("acme.sh --revoke -d x", "acme.sh --remove -d x"), no=("acme.sh --renew -d x",)),
    Rule("dehydrated|lego|getssl", "revoke", "dangerous", "credentials", "revokes a certificate", yes=("lego --email a@x --domains x revoke",), no=("lego --domains x renew",)),
    Rule("dehydrated", "-r|--revoke", "dangerous", "credentials", "revokes a certificate", yes=("dehydrated --revoke /etc/x/cert.pem",), no=("dehydrated -c",)),
    Rule("acme.sh", "--list|--info|--version|-v|--showcsr", "safe", "read_only", "only reads", yes=("acme.sh --list",), no=("acme.sh --renew -d x",)),
    Rule("lego", "list|dnshelp", "safe", "read_only", "only reads", yes=("lego list",), no=("lego renew",)),
    Rule("acme.sh|dehydrated|lego|getssl", "", "caution", "credentials", "fetches certificates", yes=("acme.sh --renew -d x --force", "dehydrated -c", "lego --domains x renew"), no=("lego list",)),
    Rule("step", "ca revoke", "dangerous", "credentials", "revokes a certificate", yes=("step ca revoke 123 --reason x",), no=("step ca health",)),
    Rule("step", "certificate inspect|verify|lint|fingerprint|format|needs-renewal|p12-x", "safe", "read_only", "only reads", yes=("step certificate inspect https://shop", "step certificate needs-renewal a.crt"), no=("step certificate create a a.crt a.key",)),
    Rule("step", "ca|crypto|ssh|oauth|version|path|context health|root|roots|federation|inspect|list|verify|hosts|check-host|fingerprint|needs-renewal|current|hash", "safe", "read_only", "only reads", yes=("step ca health", "step ssh list"), no=("step ca certificate a a.crt a.key",)),
    Rule("step", "", "caution", "credentials", "makes keys and certificates", yes=("step ca certificate a a.crt a.key", "step ca renew a.crt a.key"), no=("step ca health",)),
    Rule("cfssl", "revoke|crl", "dangerous", "credentials", "revokes a certificate", yes=("cfssl revoke -db-config d.json -serial 1",), no=("cfssl certinfo -cert a.pem",)),
    Rule("cfssl|cfssl-certinfo|certigo", "certinfo|version|scan|info|print-defaults|dump|connect|verify|certdump", "safe", "read_only", "only reads", yes=("cfssl certinfo -cert a.pem", "certigo connect shop:443"), no=("cfssl gencert ca.json",)),
    Rule("cfssl|cfssljson", "", "caution", "credentials", "makes keys and certificates", yes=("cfssl gencert -ca ca.pem -ca-key k a.json", "cfssljson -bare a"), no=("cfssl certinfo -cert a.pem",)),
    Rule("cmctl", "check|status|inspect|version|x", "safe", "read_only", "only reads", yes=("cmctl status certificate shop -n prod", "cmctl check api"), no=("cmctl renew shop",)),
    Rule("cmctl", "renew|approve|deny|create|convert|upgrade", "caution", "credentials", "fetches or allows certificates", yes=("cmctl renew shop -n prod",), no=("cmctl status certificate x",)),
    # gpg and tokens
    Rule(GPG, "--delete-secret-keys|--delete-secret-key|--delete-secret-and-public-key|--delete-secret-and-public-keys", "dangerous", "credentials", "removes a private key", dry_run="instead gpg --list-secret-keys {operands}", grade="approximate", note="lists the key that would go",
         yes=("gpg --batch --yes --delete-secret-keys 0x1234ABCD", "gpg --delete-secret-and-public-key bob@example.com"), no=("gpg --delete-keys bob",)),
    Rule(GPG, "-n|--dry-run", "safe", "dry_run", "changes nothing", yes=("gpg --dry-run --import a.asc", "gpg -n --import a.asc"), no=("gpg --import a.asc",)),
    Rule(GPG, "--export-secret-keys|--export-secret-subkeys|--export-secret-ssh-key", "caution", "credentials", "prints or writes a private key", yes=("gpg --export-secret-keys -a bob",), no=("gpg --export -a bob",)),
    Rule(GPG, "-d|--decrypt|--decrypt-files", "caution", "credentials", "prints or writes what was secret", yes=("gpg -d secrets.gpg", "gpg --batch --decrypt a.gpg"), no=("gpg --verify a.sig",)),
    Rule(GPG, "--gen-revoke|--generate-revocation|--quick-revoke-uid|--quick-revuid|--desig-revoke", "caution", "credentials", "prepares or makes a revocation", yes=("gpg --gen-revoke bob",), no=("gpg -k",)),
    Rule(GPG, "-k|-K|--list-keys|--list-key|--list-public-keys|--list-secret-keys|--list-secret-key|--list-sigs|--list-signatures|--check-sigs|--check-signatures|--fingerprint|--show-keys|--show-key|--card-status|--list-packets|--list-config|--verify|--verify-files|--print-md|--print-mds|"
         "--search-keys|--locate-keys|--version|--dump-options|--list-gcrypt-config|--check-trustdb|--export-ownertrust|--with-fingerprint|--locate-external-keys|--enarmor|--dearmor -o|--output",
         "caution", "config_change", "writes a file", id="gpg-output", yes=("gpg --dearmor -o /usr/share/keyrings/docker.gpg",), no=("gpg --dearmor",)),
    Rule(GPG, "-k|-K|--list-keys|--list-key|--list-public-keys|--list-secret-keys|--list-secret-key|--list-sigs|--list-signatures|--check-sigs|--check-signatures|--fingerprint|--show-keys|--show-key|--card-status|--list-packets|--list-config|--verify|--verify-files|--print-md|--print-mds|"
         "--search-keys|--locate-keys|--version|--dump-options|--list-gcrypt-config|--check-trustdb|--export-ownertrust|--with-fingerprint|--locate-external-keys|--enarmor|--dearmor", "safe", "read_only", "only reads",
         yes=("gpg -k support@example.com", "gpg --list-key", "gpg --list-secret-keys --keyid-format long", "gpg --verify a.sig a", "gpg --card-status", "gpg --fingerprint bob", "gpg --dearmor"), no=("gpg --edit-key bob", "gpg --import a")),
    Rule(GPG, "--export !-o !--output", "safe", "read_only", "only prints a public key", yes=("gpg --armor --export FAEFD83E", "gpg -a --export bob"), no=("gpg --export -o a.asc bob", "gpg --export-secret-keys bob")),
    Rule(GPG, "", "caution", "credentials", "changes keys, or encrypts, signs or unpacks a file",
         yes=("gpg --import a.asc", "gpg --edit-key bob", "gpg --keyserver hkp://x --recv-keys AB", "gpg --gen-key", "gpg --delete-keys bob", "gpg -e -r bob a.tgz", "gpg --full-generate-key", "gpg --send-keys AB"), no=("gpg -k",)),
    Rule("gpgconf", "--list-components|--list-options|--list-dirs|--check-programs|--check-options|--show-versions|--list-config|--check-config|--dry-run", "safe", "read_only", "only reads", yes=("gpgconf --list-dirs",), no=("gpgconf --kill gpg-agent",)),
    Rule("gpgconf|gpg-connect-agent|gpgsm|gpg-preset-passphrase|gpg-agent|gpgv-update|dirmngr|dirmngr-client", "", "caution", "config_change", "starts, ends or changes the agent that holds keys", yes=("gpgconf --kill gpg-agent", "gpg-connect-agent updatestartuptty /bye"), no=("gpgconf --list-dirs",)),
    Rule("gpgv|gpgv2|ykinfo|pcsc_scan|opensc-tool|rsign-verify|ssl-cert-check|check_ssl_cert|certinfo|x509lint|zlint|cert-checker", "", "safe", "read_only", "only reads", yes=("gpgv a.sig a", "ykinfo -v", "pcsc_scan -n"), no=("gpg --import a",)),
    Rule("ykman", "... reset|delete", "dangerous", "credentials", "removes keys from a token, for good", yes=("ykman piv reset", "ykman -d 123 oath accounts delete aws", "ykman fido reset -f", "ykman otp delete 1", "ykman piv certificates delete 9a"), no=("ykman list", "ykman info")),
    Rule("ykman", "oath accounts code|uri", "caution", "credentials", "prints one-time codes", yes=("ykman oath accounts code aws",), no=("ykman oath accounts list",)),
    Rule("ykman", "... list|info|ls|export|attest|version", "safe", "read_only", "only reads", yes=("ykman list", "ykman piv info", "ykman oath accounts list", "ykman openpgp info", "ykman piv keys export 9a a.pem"), no=("ykman piv keys generate 9a a.pem",)),
    Rule("ykman", "", "caution", "credentials", "changes a token", yes=("ykman openpgp keys set-touch sig on", "ykman piv access change-pin", "ykman config usb --disable otp", "ykman oath accounts add aws"), no=("ykman list",)),
    Rule("ykpersonalize", "-z|-x", "dangerous", "credentials", "empties or swaps what a token holds", yes=("ykpersonalize -z -2",), no=("ykpersonalize -m82",)),
    Rule("ykpersonalize|ykchalresp", "", "caution", "credentials", "changes a token", yes=("ykpersonalize -m82",), no=("ykinfo -a",)),
    Rule("yubico-piv-tool", "-a|--action=reset|delete-certificate|delete-*", "dangerous", "credentials", "removes keys from a token, for good", yes=("yubico-piv-tool -a reset", "yubico-piv-tool -a delete-certificate -s 9a"), no=("yubico-piv-tool -a status",)),
    Rule("yubico-piv-tool", "-a|--action=status|version|list-readers|read-certificate|attest|test-*", "safe", "read_only", "only reads", id="yubico-piv-tool-read", yes=("yubico-piv-tool -a status",), no=("yubico-piv-tool -a generate -s 9a",)),
    Rule("pkcs11-tool|pkcs15-tool", "-b|--delete-object|--init-token|--delete", "dangerous", "credentials", "removes keys from a token, for good", yes=("pkcs11-tool --delete-object --type privkey --id 01",), no=("pkcs11-tool -L",)),
    Rule("pkcs11-tool|pkcs15-tool", "-L|-O|-M|-T|-I|--list-slots|--list-objects|--list-mechanisms|--show-info|-D|--dump|-c|--list-certificates", "safe", "read_only", "only reads", yes=("pkcs11-tool -L", "pkcs11-tool --list-objects"), no=("pkcs11-tool --keypairgen",)),
    Rule("yubico-piv-tool|pkcs11-tool|pkcs15-tool", "", "caution", "credentials", "changes a token", yes=("yubico-piv-tool -a generate -s 9a",), no=("pkcs11-tool -L",)),
)
# fmt: on
