#include "detect/key_words.h"

#define KIND(kind) (1u << (kind))

/* In the order of the languages en, de, fr, es, it, pl. Adjacent rows of one kind are one list. */
const struct key_words key_words[] = {
    { KIND(KEY_IP), 0,
        "ip|ips|ipv|ip addr*|*ipaddr*|ipadress*|client ip|remote ip|source ip|src ip|dst ip|user ip|"
        "peer ip|public ip|customer ip|login ip|last ip|visitor ip|real ip|forwarded for|"
        "remote addr|remote address|client addr|peer addr*|x forwarded for" },
    { KIND(DETECT_EMAIL), 0,
        "email*|*email|e mail*|mail|*mail|mail addr*|mailadresse|courriel|correo*|posta elettronica|"
        "poczta|adres mail|kontaktmail" },
    { KIND(DETECT_PHONE), 0,
        "phone*|*phone|tel|tel no|tel nr|telno|telnr|telefon*|*telefon|*telefonnummer|telephone*|"
        "mobile|mobile no|mobile number|mobil|mobilnummer|mobilfunk*|mobiltel*|handy*|*handynummer|"
        "cell|cell no|cell number|cellular*|cellulare|celular|movil|numero movil|fax*|telefax|msisdn|"
        "rufnummer|*rufnummer|gsm|portable|numero portable|recapito telefonico|komorka|komorkowy|"
        "numer kom*|nr kom*|nr tel*|num tel*|numer tel*|numero tel*|whatsapp*|caller|caller number|"
        "calling number|called number" },
    { KIND(DETECT_CARD), 0,
        "card|cards|karte|carte|tarjeta|carta|karta|card number|card no|card num|pan|credit card*|kreditkarte*|kartennummer|numero carte|"
        "carte bancaire|carte credit|tarjeta|tarjeta credito|numero tarjeta|numero carta|"
        "carta credito|carta di credito|numer karty|nr karty|karta kredytowa|cc number|cc num" },
    { KIND(DETECT_IBAN), 0,
        "iban*|*iban|bank account*|account iban|kontonummer|kontonr|konto nr|bankverbindung|"
        "numero compte|compte bancaire|cuenta bancaria|numero cuenta|numero de cuenta|numero conto|"
        "conto corrente|account number|account no|acct no|acct number|account nr|numer konta|nr konta|numer rachunku|nr rachunku|konto bankowe" },
    { KIND(DETECT_SSN), 0,
        "ssn*|*ssn|social security*|national id*|nationalid*|national insurance*|nino|tax id*|taxid|"
        "tax number|tax payer id|passport*|*passport|passport number|id card*|identity card*|"
        "identity number|identity document*|document number|driver licen*|drivers licen*|"
        "driving licen*|sozialversicherung*|svnr|sv nummer|rentenversicherung*|versichertennummer|"
        "krankenversicherung*|steuer id|steuerid*|steuernummer|ausweis*|*ausweis|ausweisnummer|"
        "*ausweisnummer|reisepass*|passnummer|fuehrerschein*|numero securite sociale|"
        "securite sociale|numero secu|num secu|nir|carte identite|passeport*|numero fiscal|"
        "permis conduire|permis de conduire|dni|nie|nif|numero dni|seguridad social|pasaporte*|"
        "numero afiliacion|codice fiscale|codicefiscale|cod fisc*|passaporto*|carta identita|"
        "numero documento|tessera sanitaria|patente guida|pesel*|nr pesel|numer pesel|dowod*|"
        "nr dowodu|numer dowodu|paszport*|prawo jazdy|documento identidad|documento identita|"
        "piece identite|cf cliente|num dni|nr dokumentu|nss|numero seg social|nuss|numero ss|nir salarie|national insurance|personal id|personal number|"
        "bsn|cpf|curp|ahv*|numero avs|sin number|insee|steueridentifikation*|krankenversichert*" },

    { KIND(KEY_NAME), 0,
        "first name*|last name*|middle name*|given name*|family name*|surname*|sur name|"
        "forename*|maiden name|birth name|legal name|person name|name first|name last|fname|lname|"
        "first nm|last nm|customer name|client name|contact name|contact person|recipient name|"
        "receiver name|sender name|patient name|employee name|passenger name|guest name|buyer name|"
        "owner name|driver name|author name|manager name|student name|member name|payer name|"
        "beneficiary name|subscriber name|doctor name|attendee name|applicant name|cardholder*|"
        "card holder*|account holder*|holder name|name on card|emergency contact|next of kin|"
        "mothers maiden name|second name|insured name|insured person|tenant name|borrower name|"
        "spouse name|holder names|signatory name|signer name|billing name|shipping name|delivery name|"
        "visitor name|user real name|real name|caller name|rider name|traveler name|traveller name|"
        "agent name|operator name|referrer name|supervisor name|assignee name|reporter name" },
    { KIND(KEY_NAME), 0,
        "vorname*|*vorname|nachname*|*nachname|familienname*|zuname|geburtsname|rufname|kundenname|"
        "*kundenname|*empfaengername|absendername|ansprechpartner*|kontoinhaber|karteninhaber|"
        "patientenname|mitarbeitername|vollname|vollstaendiger name|name vorname|vor und nachname|"
        "prenom*|*prenom|nom famille|nom de famille|nom complet|nom naissance|nom de naissance|"
        "nom client|nom du client|nom prenom|prenom nom|titulaire*|nom patient|nom passager|"
        "nom destinataire|apellido*|primer apellido|segundo apellido|nombre completo|nombre pila|"
        "nombre de pila|nombre cliente|nombre del cliente|nombre apellidos|nombre paciente|"
        "nombre titular|titular*|cognome*|*cognome|nome completo|nome cognome|nome cliente|"
        "nome paziente|nome di battesimo|nominativo|intestatario*|imie*|imiona|nazwisko*|*nazwisko|"
        "imie nazwisko|imie i nazwisko|imie klienta|nazwisko klienta|posiadacz*|pelne imie|firmante*|signataire*|firmatario*|podpisujacy|ansprechperson*|"
        "anschlussnehmer|*inhaber|*inhabers|versicherungsnehmer*|teilnehmername|vertragspartner|"
        "interlocut*|nom usage|segundo nombre|primer nombre|nombres|drugie imie" },
    { KIND(KEY_NAME), KEY_WEAK,
        "full name*|name|names|nom|nombre|nome|namen|nazwa|anzeigename|nom affiche" },
    { KIND(KEY_NAME), KEY_WEAK | KEY_NOUN,
        "person|customer|client|patient|author|owner|assignee|"
        "assigned to|employee|manager|driver|passenger|guest|recipient|sender|buyer|contact|"
        "reviewer|approver|requester|reporter|instructor|teacher|student|doctor|signed by|"
        "approved by|attendee|adjuster|adviser|advisor|applicant|beneficiary|borrower|caller|candidate|"
        "cashier|claimant|consultant|courier|courtier|dealer|debtor|creditor|editor|examiner|interviewer|"
        "landlord|lawyer|lender|lessee|member|nurse|organizer|organiser|participant|payee|payer|"
        "physician|practitioner|holder|principal investigator|purchaser|referrer|renter|resident|rider|"
        "salesperson|sales rep|seller|signatory|signer|speaker|spouse|subscriber|supervisor|tenant|"
        "therapist|trader|trainer|traveler|traveller|tutor|visitor|witness|worker|insured|"
        "bewerber|melder|teilnehmer|antragsteller|mieter|vermieter|eigentuemer|besitzer|halter|kaeufer|"
        "verkaeufer|besteller|auftraggeber|zahler|gast|gastgeber|schueler|lehrer|dozent|pruefer|"
        "versicherter|erziehungsberechtigter|vertreter|berater|techniker|begleiter|"
        "locataire|proprietaire|abonne|adherent|assure|voyageur|acheteur|vendeur|eleve|etudiant|"
        "enseignant|candidat|salarie|employe|demandeur|tuteur|gestionnaire|conseiller|livreur|usager|"
        "comprador|vendedor|huesped|inquilino|propietario|alumno|profesor|candidato|trabajador|"
        "asegurado|abonado|solicitante|interesado|padre|madre|viajero|contacto|asesor|repartidor|"
        "ospite|proprietario|alunno|studente|insegnante|docente|lavoratore|assicurato|abbonato|"
        "richiedente|interessato|genitore|viaggiatore|conducente|referente|acquirente|venditore|"
        "iscritto|consulente|corriere|wlasciciel|najemca|gosc|uczen|student|nauczyciel|kandydat|"
        "ubezpieczony|abonent|wnioskodawca|zglaszajacy|zamawiajacy|rodzic|podrozny|osoba|kupujacy|"
        "sprzedajacy|platnik|czlonek|kurier|doradca|wychowawca|trener|prowadzacy|zleceniodawca|"
        "ubezpieczajacy|swiadek|konsultant|agente|ordinante|ordenante|donneur ordre|testigo|testimone|"
        "zeuge|temoin|captain|pilot|coach|director|inspector|technician|installer|attorney|judge|victim|"
        "suspect|winner|opponent|husband|wife|mother|father|gewinner|spieler|spender|monteur|kurier|"
        "zusteller|verfasser|hausarzt|vorgesetzter|vormund|joueur|gagnant|conjoint|coursier|"
        "technicien|mere|pere|voisin|jugador|ganador|conyuge|mensajero|tecnico|tomador|giocatore|"
        "vincitore|coniuge|tecnico|responsabile|contraente|kapitan|gracz|malzonek|matka|ojciec|kunde|patient|empfaenger|absender|fahrer|sachbearbeiter|"
        "betreuer|bearbeiter|arzt|mitarbeiter|destinataire|expediteur|passager|medecin|auteur|"
        "conducteur|responsable|beneficiaire|cliente|destinatario|remitente|pasajero|medico|autor|"
        "conductor|paciente|empleado|beneficiario|mittente|passeggero|autore|autista|paziente|"
        "dipendente|klient|odbiorca|nadawca|pasazer|lekarz|kierowca|pacjent|pracownik|opiekun|"
        "uczestnik" },

    { KIND(KEY_BIRTH), 0,
        "birth*|*birth|*birthday|*birthdate|dob|bday|born|born on|born at|geburt*|*geburtsdatum|"
        "*geburtstag|geb datum|gebdat|geboren*|naissance*|*naissance|date naissance|ne le|"
        "nacimiento|*nacimiento|fecha nac*|nascita|*nascita|data nasc*|urodzeni*|*urodzenia|data ur|"
        "rok ur*|fec nac*|f nac*|f nacimiento|nato il|nata il|nato a|urodzon*|ur|ne en|nee le|jahrgang" },
    { KIND(KEY_BIRTH), KEY_WEAK, "age|alter|edad|eta|wiek|lebensalter|user age|customer age" },

    { KIND(KEY_ADDRESS), 0,
        "street*|*street|address line*|addr line*|address|addresses|addr|*address|street address|"
        "postal address|home address|house number|house no|house nr|apartment|apt number|post code|"
        "postcode|postal code|post al code|zip|zip code|zipcode|po box|strasse*|*strasse|anschrift|"
        "*anschrift|adresse*|*adresse|hausnummer|hausnr|haus nr|postleitzahl|plz|*plz|wohnort|"
        "wohnadresse|rue|voie|numero rue|numero voie|code postal|adresse postale|complement adresse|"
        "calle|direccion*|domicilio*|codigo postal|numero calle|indirizzo*|*indirizzo|"
        "numero civico|residenza|ulica|ul|adres*|kod pocztowy|nr domu|numer domu|nr mieszkania|"
        "numer mieszkania|domicile|cod postal*|codice postale|cod post*|zamieszkani*|lugar residencia|"
        "lieu residence|codice avviamento" },
    { KIND(KEY_ADDRESS), KEY_WEAK,
        "via|city|town|suburb|district|ort|stadt|wohnort|ville|commune|localite|ciudad|localidad|"
        "poblacion|citta|comune|localita|cap|cp|miasto|miejscowosc" },

    { KIND(KEY_GEO), 0,
        "lat|latitude*|*latitude|latitud|latitudine|lng|lon|longitude*|*longitude|longitud|"
        "longitudine|coord*|*coordinates|koordinaten|coordonnees|coordenadas|wspolrzedne|lat lng|"
        "lat lon|lat long|latlng|latlon|geo point|geo loc*|geo pos*|geo hash|geopoint|geoloc*|geopos*|"
        "geohash|gps*|breitengrad|laengengrad|geo breite|geo laenge|szerokosc*|dlugosc geo*|"
        "szerokosc geo*|home location|user location|last location|gps position" },
    { KIND(KEY_GEO), KEY_WEAK,
        "long|geo|location|position|loc|standort|localisation|emplacement|ubicacion|posicion|"
        "posizione|localizzazione|lokalizacja|pozycja|localizacion" },

    { KIND(KEY_DEVICE), 0,
        "device id*|deviceid*|device uuid|device identifier|device token*|device serial*|"
        "device fingerprint|device mac|device key|device udid|device number|device no|dev id|imei*|"
        "*imei|imsi|iccid|meid|esn|idfa|idfv|gaid|aaid|adid|ad id|advertising id*|advertiser id|"
        "android id|udid|mac|mac addr*|macaddr*|hardware id|hw id|hwid|machine id|installation id|"
        "install id|instance id token|push token|fcm token|apns token|registration token|"
        "browser fingerprint|canvas fingerprint|user fingerprint|visitor fingerprint|browser id|client fingerprint|handset id|phone id|"
        "terminal id|vin|license plate|licence plate|number plate|plate number|geraete id|geraeteid|"
        "geraetenummer|geraetekennung|geraet id|geraete nr|geraetenr|*geraeteid|kennzeichen|"
        "kfz kennzeichen|fahrgestellnummer|id appareil|appareil id|identifiant appareil|"
        "numero serie appareil|immatriculation|plaque immatriculation|id dispositivo|dispositivo id|"
        "identificador dispositivo|id del dispositivo|matricula|identificativo dispositivo|targa|"
        "id terminale|id urzadzenia|urzadzenie id|identyfikator urzadzenia|numer urzadzenia|"
        "nr rejestracyjny|numer rejestracyjny|tablica rejestracyjna" },

    { KIND(KEY_DEVICE), 0,
        "device uid|vendor identifier|vendor id for advertiser|identifier for vendor|"
        "identifier for advertising|serial number device|devid|instance id|cihaz id" },
    { KIND(KEY_DEVICE), KEY_WEAK,
        "device|devices|handset|smartphone|tablet|terminal|geraet|geraete|endgeraet|mobilgeraet|appareil|"
        "appareils|dispositivo|dispositivos|dispositivi|urzadzenie|urzadzenia" },

    { KIND(KEY_USER), 0,
        "user|user name*|username*|*username|login|login name|user login|user id|userid|*userid|uid|"
        "user uuid|user key|user handle|user identifier|account name|account id|customer id|"
        "customer no|customer number|client no|client number|member id|member no|subscriber id|"
        "patient id|employee id|visitor id|nick|nick name|nickname|handle|screen name|alias|aliases|gamer tag|gamertag|"
        "sub|subject id|principal|principal id|skype*|twitter*|telegram|instagram|linkedin*|facebook*|xing|tiktok|snapchat|mastodon|bluesky|"
        "discord|created by|updated by|modified by|changed by|deleted by|uploaded by|edited by|"
        "requested by|reported by|opened by|closed by|invited by|submitted by|posted by|locked by|actor|actor id|"
        "usr|usr name|usr login|benutzer|benutzername|benutzer id|benutzerkennung|nutzer|nutzername|nutzer id|kennung|"
        "anmeldename|kunden id|kundennummer|kundennr|kunden nr|mitglieds*|personalnummer|"
        "patienten id|utilisateur|nom utilisateur|nom d utilisateur|id utilisateur|identifiant|"
        "pseudo|pseudonyme|numero client|id client|usuario|nombre usuario|nombre de usuario|"
        "id usuario|numero cliente|id cliente|utente|nome utente|id utente|codice cliente|"
        "uzytkownik*|nazwa uzytkownika|id uzytkownika|numer klienta|nr klienta|id klienta|"
        "spitzname|apodo|soprannome|pseudonim|surnom|erstellt von|angelegt von|geaendert von|bearbeitet von|"
        "geloescht von|erfasst von|cree par|modifie par|supprime par|creado por|modificado por|"
        "actualizado por|eliminado por|creato da|modificato da|aggiornato da|inserito da|"
        "utworzone przez|utworzyl|zmienione przez|zmodyfikowal|dodane przez" },
    { KIND(KEY_USER), KEY_WEAK,
        "display name|displayname|mention*|mentioned*|follower|followers|following|from user|to user|"
        "from|author|authors|reviewer|reviewers|assignee|assignees|approver|committer|commenter|requester|"
        "reporter|creator|inviter|invitee|poster|autor|auteur|autore|bearbeiter|anzeigename|nom affiche|nombre mostrado|nome visualizzato|nazwa wyswietlana" },

    { 0, KEY_PERSON,
        "player*|rider*|courier*|operator|cashier*|clerk|nurse*|donor*|tutor*|pupil*|parent*|guardian*|"
        "heir*|user*|customer*|client*|people|patient*|staff|worker|passenger*|traveler*|traveller*|"
        "guest*|member*|subscriber*|contact*|buyer|purchaser|recipient*|receiver|sender|owner|driver|"
        "student*|doctor|visitor*|applicant*|beneficiary|holder|cardholder|profile|account|shipping*|"
        "billing*|delivery|ship to|bill to|payer|payee|caller|attendee*|participant*|resident*|"
        "tenant name|child*|spouse|parent name|next of kin|insured|citizen|lead|cust|usr|emp|borrower*|"
        "lessee|landlord|renter*|debtor|claimant*|witness*|signatory|signer*|trainee*|pusher*|"
        "maintainer*|contributor*|developer*|organizer*|organiser*|uploader*|initiator*|speaker*|"
        "trainer*|coach*|seller*|collaborator*|approver*|editor*|moderator*|streamer*|winner*|loser|"
        "opponent*|bidder*|backer*|investor*|shareholder*|director*|officer*|broker name|physician*|"
        "practitioner*|dentist*|therapist*|surgeon*|carer*|caregiver*|pensioner*|soldier*|prisoner*|"
        "suspect*|victim*|plaintiff*|defendant*|attorney*|lawyer*|notary|judge|consignee*|addressee*|"
        "recruit*|interviewer*|respondent*|reader*|learner*|teacher*|professor*|supervisor*|manager*|"
        "colleague*|partner*|husband|wife|mother|father|son|daughter|sibling|friend*|neighbour*|"
        "neighbor*|relative*|dependent*|dependant*|nominee*|inspector*|technician*|engineer*|"
        "installer*|mechanic*|waiter|chef|captain|pilot|crew|dispatcher*|viewer*|follower*|voter*|"
        "holders|actor|author*|assignee*|reviewer*|requester*|reporter*|creator*|commenter*|committer*|"
        "person*|emergency contact*|household|athlet*|kunde*|*kunde|benutzer*|nutzer*|mitarbeiter*|"
        "empfaenger*|absender*|fahrer|gast|gaeste|kontakt*|besteller|kaeufer|versicherte*|"
        "antragsteller|mieter|bewerber*|melder*|teilnehmer*|vermieter*|eigentuemer*|besitzer*|"
        "verkaeufer*|auftraggeber*|lehrer*|erziehungsberechtigte*|versicherungsnehmer*|rechnungsempf*|"
        "fahrgast" },
    { 0, KEY_PERSON,
        "reisende*|spender*|spieler*|gewinner*|bieter*|zeuge*|zeugin|schuldner*|glaeubiger*|"
        "arbeitnehmer*|angestellte*|beamte*|studierende*|dozent*|elternteil|eltern|mutter|vater|kind|"
        "kinder|ehepartner*|erbe|erben|betreuer*|bearbeiter*|sachbearbeiter*|monteur*|techniker*|"
        "kurier*|bote|zusteller*|bediener*|leser*|verfasser*|autor*|hausarzt|arzt*|therapeut*|pfleger*|"
        "leitung|vorgesetzte*|kollege*|freund*|nachbar*|angehoerige*|vormund|insasse*|inhaber|"
        "kontoinhaber|ansprechpartner*|anschlussnehmer*|mandant|buerger|bewohner*|lieferung|"
        "lieferadresse*|rechnungsadresse*|mitglied*|schueler|halter|utilisateur*|employe*|"
        "destinataire*|expediteur*|passager*|acheteur|livraison|locataire*|proprietaire*|"
        "interlocuteur*|etudiant*|enseignant*|candidat*|demandeur|vendeur|donneur*|joueur*|gagnant*|"
        "temoin*|debiteur*|creancier*|agent*|fonctionnaire*|professeur*|mere|pere|enfant*|conjoint*|"
        "epoux|epouse|heritier*|livreur*|coursier*|technicien*|lecteur*|auteur*|medecin*|praticien*|"
        "infirmier*|responsable*|collegue*|ami|amis|voisin*|proche*|membre*|contribuable*|"
        "beneficiaire*|souscripteur*|preneur|conseiller*|chauffeur*|tuteur|usager*|facturation|"
        "adherent|abonne|salarie|assure|voyageur*|conducteur|eleve|titulaire|usuario*|empleado*|"
        "destinatario*|remitente|pasajero*|envio|facturacion|propietario*|inquilino*|solicitante*|"
        "interesado*|trabajador*|viajero*|vendedor|abonado|donante*|jugador*|ganador*|testigo*|deudor*|"
        "acreedor*|funcionario*|estudiante*|hijo*|hija*|conyuge|heredero*|repartidor*|mensajero*|"
        "tecnico*|lector*|medico*|enfermer*|amigo*|vecino*|familiar*|socio*|miembro*|contribuyente*|"
        "beneficiario*|ordenante*|tomador*|ciudadano*|arrendatario*|arrendador*|chofer*|padre|madre|"
        "profesor*|paciente*|comprador|titular|alumno|conductor|asegurado|huesped|utente|dipendente|"
        "mittente|passeggero|paziente|spedizione|fatturazione|acquirente|intestatario|ospite|"
        "assicurato|genitore|genitori|alunno|alunni|referente" },
    { 0, KEY_PERSON,
        "proprietario|richiedente|conducente|viaggiatore|iscritto|abbonato|lavoratore|contatto|"
        "contatti|venditore|donatore*|giocatore*|giocatori|vincitore*|testimone*|debitore*|creditore*|"
        "impiegato*|figlio|figli|figlia|coniuge|erede|eredi|corriere|lettore|infermiere|responsabile|"
        "collega|amico|vicino|membro|contribuente|ordinante|contraente|cittadino|locatore|"
        "partecipante*|insegnante*|autista|klient*|uzytkownik*|pracownik*|odbiorca|nadawca|pasazer*|"
        "osoba|osoby|wlasciciel*|najemca|darczynca|gracz*|zwyciezca|swiadek|dluznik|wierzyciel|"
        "urzednik|matka|ojciec|dziecko|dzieci|malzonek|spadkobierca|technik|czytelnik|lekarz*|"
        "pielegniark*|opiekun*|kolega|znajomy|sasiad|krewny|podatnik|beneficjent*|zleceniodawca*|"
        "ubezpieczajacy|obywatel*|wychowawca|nauczyciel*|zglaszajacy|zamawiajacy|wnioskodawca|rodzic*|"
        "uczen|abonent*|czlonek|platnik|sprzedajacy|kandydat*|podrozny|kierowca|dostawa|pacjent*|"
        "kupujacy|ubezpieczony|gosc|wysylka|uczestnik*" },
    { 0, KEY_THING | KEY_LASTING,
        "product*|towar*|wyrob*|item*|article*|goods|sku|store*|shop*|company|corp|corporation|vendor*|supplier*|merchant*|"
        "brand*|category|categories|host|hosts|hostname|server*|warehouse*|branch|venue*|hotel*|airport*|"
        "station*|sensor*|machine*|plant|plugin*|package*|artifact*|repo|repos|repository|repositories|book|books|movie*|song*|album*|"
        "restaurant*|organisation*|organization*|institution*|school*|university|department*|dept|"
        "cluster*|pod|pods|container*|facility|depot*|locker|pickup point|gateway*|database|carrier*|"
        "produkt*|artikel*|firma*|firmen*|unternehmen*|filiale*|lieferant*|marke*|kategorie*|"
        "laden|lager*|abteilung*|verein|haendler|produit*|entreprise*|societe*|magasin*|"
        "fournisseur*|marque*|entrepot*|categorie*|boutique*|producto*|empresa*|tienda*|proveedor*|"
        "marca*|categoria*|almacen*|sucursal|prodotto|prodotti|azienda*|negozio*|fornitore*|"
        "site*|office*|vessel*|boat*|storm*|hurricane*|train*|accommodation*|lodging*|apartment building|property manager|stadium*|theatre*|theater*|"
        "cinema*|museum*|hospital*|clinic*|pharmacy|factory|factories|charger*|charging station|"
        "flight*|beacon*|antenna*|tower*|geofence*|poi|pois|landmark*|landing page|"
        "port of|harbour|harbor|terminal building|unterkunft|hotels|standorte|haltestelle*|bahnhof*|"
        "flughafen|werk|anlage*|messstelle*|sensoren|veranstaltungsort|krankenhaus*|schule|"
        "hebergement*|logement|relais|point relais|gare|aeroport|usine|capteur*|etablissement*|ecole|"
        "hopital|lieu retrait|alojamiento*|estacion|aeropuerto|fabrica|taller|colegio|escuela|hospital|"
        "struttura*|alloggio|stazione|aeroporto|fabbrica|sensore*|scuola|ospedale|sede|punto ritiro|"
        "obiekt*|nocleg*|lotnisko|stacja|dworzec|fabryka|czujnik*|szkola|szpital|placowka|punkt odbioru|"
        "paczkomat*|"
        "magazzino*|societa|sklep*|dostawca*|kategoria*|magazyn*|przedsiebiorstwo*|oddzial*" },
    { 0, KEY_THING,
        "event*|file*|folder|path|service*|app|apps|application*|campaign*|project*|team*|queue*|"
        "topic*|table*|bucket*|country|module*|template*|job|jobs|task*|workflow*|function*|class|"
        "method*|metric*|field*|column*|tag|tags|label*|role*|permission*|plan|feature*|document*|"
        "course*|channel*|page*|model*|variant*|node|nodes|image|images|namespace*|environment|env|region|"
        "zone|schema|os|browser|platform|process|thread|logger|locale|currency|"
        "language|timezone|medication|drug|part|parts|datei*|ereignis*|fichier*|evenement*|archivo*|"
        "evento*|plik*|zdarzenie*|state|province|county|button|action|step|"
        "rule|policy|group*|list|collection|segment|coupon|promo*|subscription|option*|attribute*|"
        "property|param*|header*|query|index|bundle|vehicle|car|engine" },

    { 0, KEY_MACHINE,
        "host|hosts|hostname|host name|server*|node|nodes|nodename|pod|pods|cluster*|container*|instance*|"
        "gateway*|gw|upstream*|backend*|broker*|listener*|listen|bind*|target*|runner*|proxy|proxies|"
        "balancer*|lb|router*|switch|db|database|master|replica|primary|secondary|endpoint*|service*|dst|"
        "dest|destination|internal|cdn|nameserver*|resolver*|dns|machine*|virtual machine|vm|hypervisor|"
        "exporter|scrape*|kubelet|daemon|edge|origin server|serveur*|noeud*|hote|rechner|knoten|"
        "servidor*|nodo|nodos|serwer*|wezel" },

    { 0, KEY_VERSION,
        "version*|*version|ver|build*|release*|firmware*|fw|sdk*|revision|rev|wersja*|versione|compilacion|"
        "app ver|os version|user agent|useragent|agent|oid|patch" },
    { 0, KEY_NUMBER,
        "order*|*order|invoice*|receipt*|sku|part no|part number|article no|article number|item no|"
        "item number|serial*|case no|case id|case number|ticket*|tracking*|shipment*|parcel*|"
        "consignment*|reference*|ref|ref no|refno|batch*|lot|isbn|ean|gtin|upc|barcode|asin|"
        "transaction*|txn*|payment id|booking*|reservation*|contract*|policy no|product id|"
        "product code|model number|catalog*|po number|purchase order|quote*|sequence*|offset|"
        "bestell*|auftrag*|rechnungsn*|rechnung nr|belegn*|artikeln*|sendung*|vorgang*|seriennummer|"
        "vertrag*|charge|lieferschein*|commande*|facture*|numero facture|reference|colis|"
        "pedido*|factura|numero factura|referencia|albaran|ordine*|fattura|riferimento|lotto|"
        "zamowieni*|faktur*|numer seryjny|przesylk*|numer partii|counter|count|total|amount|sum|"
        "quantity|qty|size|bytes|price|score" },
    { 0, KEY_TIME,
        "time*|*time|timestamp*|*timestamp|ts|at|date*|*date|datetime|epoch|millis|ms|seconds|"
        "duration*|elapsed|ttl|expires*|expiry|expiration|created|updated|modified|since|until|"
        "datum|*datum|zeit*|*zeit|uhrzeit|zeitstempel|zeitpunkt|heure|horodatage|fecha*|hora|"
        "ora|orario|czas|godzina|znacznik czasu|latency|uptime|delay" },
    { 0, KEY_OPAQUE,
        "hash*|*hash|sha|md|checksum|etag|digest|signature|sig|trace*|span*|request*|correlation*|"
        "message id|messageid|msg id|in reply to|references|session*|nonce|csrf|commit*|revision id|"
        "event id|transaction id|idempotency*|job id|run id|execution id|batch id|guid|key id|"
        "etag|cursor|token id|pruefsumme|cache*|cookie*" },
    { 0, KEY_HOLDER,
        "device*|handset|phone|terminal|smartphone|tablet|geraet*|appareil|dispositivo*|urzadzenie*|"
        "cihaz" },
    { 0, KEY_PART,
        "first|last|middle|given|family|full|line*|number|no|nr|value|text|formatted|raw|date|place|"
        "point|x|y|local|national|digits|extra|complement|day|month|year|plain" },
    { 0, KEY_SURROGATE,
        "id|ids|*id|uuid|guid|key|number|no|nr|num|code|*nummer|*nr|numero|numer|codice|codigo|sub|"
        "principal" },
    { 0, KEY_ID,
        "id|ids|uuid|guid|fingerprint|identifier|identifiant|identificador|identificativo|identyfikator|kennung|"
        "serial|serial number|token|number|nr|no" },
};

const size_t key_words_count = sizeof key_words / sizeof *key_words;

/* clang-format off */
const char key_words_compounds[] =
    "user agent*|useragent*|user pool*|user interface*|user journey*|user flow*|user story|user stories|"
    "user manual*|user guide*|user experience*|user space|user mode|user defined|user action*|"
    "user activity|user event*|user script*|mail server*|mail host*|mail queue*|mail template*|"
    "email template*|email campaign*|score card*|scorecard*|customer care|customer service*|"
    "customer success|customer support|client side|client lib*|client sdk*|client app*|client secret|"
    "login page*|login form*|login flow*|login button*|login screen*|login url*|address space|"
    "contact form*|phone model|phone book|guest network|service account*|name server*|name space*";
/* clang-format on */
