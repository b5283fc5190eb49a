#include "detect/given.h"

#include <string.h>

#include "detect/fold.h"

enum { LONGEST = 20 };

/* Sorted, without accents. */
/* clang-format off */
static const char *const names[] = {
    "aaron", "abigail", "adam", "adele", "adrian", "agata", "agnes", "agnieszka", "ahmed", "aisha",
    "alan", "alba", "albert", "alberto", "aldo", "aleksandra", "alessandra", "alessandro",
    "alessia", "alex", "alexander", "alexandra", "alexandre", "alexis", "alfred", "alice", "alicia",
    "alina", "alison", "amanda", "amelia", "amelie", "amy", "ana", "andre", "andrea", "andreas",
    "andres", "andrew", "andrzej", "angela", "angelo", "anita", "anja", "ann", "anna", "annalisa",
    "anne", "annette", "anouk", "anthony", "antoine", "anton", "antonella", "antonio", "ariana",
    "arthur", "astrid", "aurelie", "axel", "barbara", "bartosz", "beata", "beatrice", "beatriz",
    "ben", "benjamin", "benoit", "bernadette", "bernard", "bernd", "bettina", "bianca", "bill",
    "birgit", "bjoern", "bjorn", "blanca", "bob", "bogdan", "brandon", "brian", "bridget", "bruno", "camille",
    "carl", "carla", "carlo", "carlos", "carmen", "carol", "carolina", "caroline", "cecile",
    "celine", "charles", "charlotte", "chiara", "chloe", "chris", "christa", "christian",
    "christiane", "christina", "christine", "christoph", "christophe", "christopher", "claire",
    "clara", "claudia", "claudio", "clement", "cristina", "cynthia", "dagmar", "damian",
    "damien", "daniel", "daniela", "daniele", "danuta", "dariusz", "dave", "david", "davide",
    "deborah", "dennis", "diana", "diego", "dieter", "dirk", "dominik", "dominique", "donald",
    "donna", "dorota", "dorothy", "dylan", "edith", "eduardo", "edward", "edyta", "elena",
    "eleonora", "elisa", "elisabeth", "elizabeth", "ella", "elodie", "emanuele", "emil", "emilia",
    "emily", "emma", "enrico", "enzo", "eric", "erika", "ernst", "ester", "esther", "ethan",
    "eugenia", "eva", "evelyn", "ewa", "fabian", "fabio", "fatima", "federica", "federico", "felix",
    "fernando", "filip", "filippo", "florence", "florian", "frances", "francesca", "francesco",
    "francisco", "franck", "francois", "frank", "frederic", "friedrich", "fritz", "gabriel",
    "gabriela", "gabriele", "gary", "gaston", "geoffrey", "georg", "george", "georges", "gerald",
    "gerd", "gerhard", "giacomo", "gianluca", "giorgia", "giorgio", "giovanni", "giulia",
    "giuseppe", "gloria", "gonzalo", "grace", "graham", "grazia", "gregory", "grzegorz", "guido",
    "guillaume", "gustav", "halina", "hanna", "hannah", "hannes", "hans", "harald", "harry",
    "heather", "heidi", "heike", "heinrich", "heinz", "helen", "helena", "helene", "helga",
    "helmut", "henri", "henrik", "henry", "herbert", "hermann", "holger", "horst", "hubert", "hugo",
    "ian", "ignacio", "ines", "inga", "inge", "ingrid", "irena", "irene", "isabel", "isabella",
    "isabelle", "iwona", "jacek", "jack", "jacob", "jacqueline", "jacques", "jake", "jakob",
    "jakub", "james", "jan", "jana", "jane", "janet", "janina", "jason", "javier", "jean", "jeff",
    "jennifer", "jenny", "jens", "jeremy", "jerome", "jerzy", "jessica", "jill", "jim", "joan",
    "joanna", "joe", "joel", "johan", "johann", "johanna", "john", "jon", "jonas", "jonathan",
    "jordan", "jorge", "jose", "josef", "joseph", "joshua", "jozef", "juan", "juana", "juergen",
    "jules", "julia", "julian", "julie", "julien", "jurgen", "justin", "justyna", "kai", "karen",
    "karin", "karl", "karla", "karol", "karolina", "katarzyna", "kate", "katharina", "katherine",
    "kathleen", "kathrin", "katja", "kazimierz", "keith", "kelly", "kenneth", "kevin", "kim",
    "klara", "klaus", "konrad", "kristin", "krystyna", "krzysztof", "kurt", "kyle", "lara", "larry",
    "lars", "laura", "laurence", "laurent", "lea", "lena", "leo", "leon", "leonardo", "leonie",
    "liam", "lina", "linda", "lisa", "lothar", "louis", "louise", "luca", "lucas", "lucia", "lucie",
    "lucy", "luigi", "luis", "luisa", "lukas", "lukasz", "luke", "maciej", "magdalena", "maja",
    "malgorzata", "manfred", "manon", "manuel", "manuela", "marc", "marcel", "marcin", "marco",
    "marcos", "marcus", "marek", "maren", "margaret", "margarita", "margot", "maria", "marian",
    "mariana", "marie", "mario", "marion", "mariusz", "mark", "marko", "markus", "marta", "martha",
    "martin", "martina", "martine", "mary", "mateusz", "mathieu", "mathilde", "matt", "matteo",
    "matthew", "matthias", "mattia", "maurice", "max", "maximilian", "megan", "melanie", "mercedes",
    "mia", "michael", "michal", "michel", "michele", "michelle", "miguel", "mike", "mikolaj",
    "milena", "mohamed", "mohammed", "monica", "monika", "monique", "moritz", "nadia", "nadine",
    "natalia", "natalie", "nathalie", "nathan", "nicholas", "nick", "nico", "nicola", "nicolas",
    "nicole", "nils", "nina", "noah", "noemi", "nora", "norbert", "nuria", "olaf", "olga", "oliver",
    "olivia", "olivier", "oscar", "oskar", "otto", "pablo", "paola", "paolo", "pascal", "patricia",
    "patrick", "patrycja", "paul", "paula", "pauline", "pawel", "pedro", "peggy", "peter", "petra",
    "philip", "philipp", "philippe", "pia", "pierre", "pietro", "pilar", "piotr", "przemyslaw",
    "rachel", "rafael", "rafal", "ralf", "raphael", "raul", "rebecca", "regina", "renata", "renate",
    "rene", "riccardo", "richard", "rita", "robert", "roberta", "roberto", "robin", "rocio",
    "roger", "roland", "rolf", "roman", "rosa", "rosario", "ruben", "rudolf", "ruth", "ryan",
    "ryszard", "sabine", "sabrina", "salvatore", "sam", "samantha", "samuel", "sandra", "santiago",
    "sara", "sarah", "scott", "sean", "sebastian", "sebastien", "sergio", "sharon", "silke",
    "silvia", "simon", "simona", "simone", "slawomir", "sofia", "sonia", "sophia", "sophie",
    "stanislaw", "stefan", "stefania", "stefano", "steffen", "stephan", "stephane", "stephanie",
    "stephen", "steve", "steven", "susan", "susanne", "sven", "sylvia", "sylvie", "szymon",
    "tadeusz", "tania", "tatiana", "teresa", "theo", "theresa", "thierry", "thomas", "thorsten",
    "tim", "tina", "tobias", "tom", "tomas", "tomasz", "torsten", "tyler", "udo", "ulrich",
    "ulrike", "ursula", "urszula", "ute", "uwe", "valentin", "valentina", "valerie", "vanessa",
    "vera", "veronica", "veronique", "victor", "victoria", "viktor", "viktoria", "vincent",
    "vincenzo", "virginia", "vittoria", "waldemar", "walter", "wanda", "wendy", "werner", "wilhelm",
    "william", "winfried", "wojciech", "wolfgang", "xavier", "yann", "yannick", "yasmin", "yves",
    "yvonne", "zachary", "zbigniew", "zoe", "zofia", "zuzanna",
};
/* clang-format on */

static const char things[] =
    "|gmbh|ag|kg|ohg|mbh|ug|ltd|limited|inc|llc|llp|plc|corp|corporation|company|co|sarl|sas|sa|sl|srl|spa|"
    "snc|sp|bv|nv|group|holding|holdings|partners|sons|bros|brothers|associates|consulting|solutions|"
    "services|systems|software|technologies|industries|international|stadtwerke|verlag|"
    "hotel|hostel|hostal|albergo|auberge|gasthof|pension|pensjonat|villa|chalet|gite|camping|resort|"
    "restaurant|ristorante|trattoria|pizzeria|cafe|bistro|pub|shop|store|boutique|tabac|bakery|"
    "baeckerei|boulangerie|panaderia|ferreteria|piekarnia|chez|pharmacy|apotheke|pharmacie|farmacia|"
    "apteka|school|schule|gymnasium|ecole|lycee|college|escuela|colegio|scuola|liceo|szkola|university|"
    "universitaet|universite|universidad|universita|uniwersytet|hospital|clinic|klinik|klinikum|"
    "krankenhaus|hopital|clinique|clinica|ospedale|szpital|station|airport|bahnhof|flughafen|gare|"
    "street|strasse|avenue|road|square|platz|piazza|museum|theatre|theater|stadium|arena|"
    "festival|foundation|stiftung|fondation|fundacion|fondazione|fundacja|institute|institut|instituto|"
    "istituto|galeria|gallery|galerie|center|centre|centro|centrum|mall|stadium|airline|airlines|"
    "the|of|for|with|your|new|mit|fuer|avec|pour|para|con|";

bool given_is_thing(const char *word, size_t length)
{
    struct fold fold;
    char listed[LONGEST + 3];
    if (length < 2 || length >= LONGEST)
        return false;
    fold_key(word, length, &fold);
    if (fold.length == 0 || fold.length > LONGEST)
        return false;
    listed[0] = '|';
    memcpy(listed + 1, fold.text, fold.length);
    memcpy(listed + 1 + fold.length, "|", 2);
    return strstr(things, listed) != NULL;
}

bool given_is_name(const char *word, size_t length)
{
    struct fold fold;
    size_t low = 0;
    size_t high = sizeof names / sizeof *names;
    if (length < 2 || length >= LONGEST)
        return false;
    fold_key(word, length, &fold);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(fold.text, names[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}
