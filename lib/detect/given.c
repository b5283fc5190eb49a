#include "detect/given.h"

#include <string.h>

#include "detect/fold.h"

enum { LONGEST = 20 };

/* Sorted, without accents. */
/* clang-format off */
static const char *const names[] = {
    "aaron", "abdul", "abdullah", "abelardo", "abigail", "achille", "achim", "ada", "adam", "adela",
    "adelaide", "adele", "adelheid", "adolfo", "adrian", "adriana", "adrianna", "agata", "agathe",
    "agnes", "agnese", "agnieszka", "agostino", "agustin", "agustina", "ahmad", "ahmed", "aidan",
    "aime", "aisha", "aitana", "aitor", "alain", "alan", "alana", "alba", "alban", "alberico",
    "albert", "alberto", "albrecht", "alcide", "aldo", "alec", "alejandra", "alejandro", "aleks",
    "aleksander", "aleksandra", "aleksy", "alessandra", "alessandro", "alessia", "alex",
    "alexander", "alexandra", "alexandre", "alexis", "alfio", "alfonso", "alfred", "alfreda",
    "alfredo", "ali", "alice", "alicia", "alina", "aline", "alisa", "alisha", "alison", "alistair",
    "alix", "aliyah", "allan", "allison", "alma", "almudena", "alojzy", "alonso", "aloys", "alvin",
    "alwin", "amadeo", "amador", "amalia", "amalie", "amanda", "amandine", "amara", "amaya",
    "amedeo", "amelia", "amelie", "amina", "amir", "amit", "amleto", "amparo", "amy", "ana",
    "anabel", "anais", "anand", "anastasia", "anastazja", "anatol", "andre", "andrea", "andreas",
    "andreea", "andrei", "andres", "andrew", "andrzej", "andy", "andzelika", "anette", "angel",
    "angela", "angelica", "angelina", "angelique", "angelo", "angus", "ania", "aniela", "anil",
    "anisa", "anita", "anja", "anjali", "anke", "ankit", "ann", "anna", "annabel", "annalisa",
    "annamaria", "anne", "annegret", "annelie", "anneliese", "annemarie", "annette", "annibale",
    "annie", "annika", "annunziata", "anouk", "anselmo", "ansgar", "anthony", "antje", "antoine",
    "anton", "antonella", "antonello", "antoni", "antonia", "antonio", "anya", "apolline",
    "apolonia", "aranzazu", "ariana", "ariane", "arianna", "arif", "arjun", "arlene", "arlette",
    "armand", "armando", "armin", "arnaldo", "arnaud", "arndt", "arne", "arno", "arsenio", "arthur",
    "artur", "arturo", "asha", "ashley", "asif", "assunta", "astrid", "asuncion", "atenulf",
    "atillio", "attilio", "aude", "audrey", "augusta", "augustin", "augusto", "aurelia", "aurelie",
    "aurelio", "ava", "axel", "ayesha", "ayse", "aziz", "azra", "baldassare", "balthasar",
    "baptiste", "barbara", "barnaby", "barry", "bartek", "bartlomiej", "bartolome", "bartosz",
    "bastian", "bautista", "beata", "beate", "beatrice", "beatriz", "begona", "belen", "ben",
    "benedetta", "benedetto", "benedicte", "benedikt", "benita", "benito", "benjamin", "benny",
    "benoit", "berenice", "berit", "bernabe", "bernadetta", "bernadette", "bernard", "bernardo",
    "bernd", "berta", "bertha", "berthold", "beth", "bethany", "bettina", "bettino", "betty",
    "beverley", "biagio", "bianca", "bilal", "bill", "birgit", "birte", "bjarne", "bjoern", "bjorn",
    "blanca", "blanka", "blazej", "bob", "bobby", "bodo", "bogdan", "bogumil", "bogumila",
    "boguslaw", "boguslawa", "boleslaw", "bonaventura", "bonifacio", "borys", "bozena", "brad",
    "bradley", "brandi", "brandon", "brenda", "brett", "brian", "brianna", "brice", "bridget",
    "brigida", "brigitte", "britta", "brittany", "bronislaw", "bronislawa", "bronwen", "brunhilde",
    "bruno", "bryan", "burkhard", "calisto", "callum", "calogero", "cameron", "camilla", "camille",
    "candela", "candelaria", "candice", "capucine", "carina", "carl", "carla", "carlo", "carlos",
    "carmela", "carmelo", "carmen", "carmine", "carol", "carole", "carolina", "caroline", "carolyn",
    "carsten", "cassandra", "caterina", "catherine", "cathrin", "cathy", "cayetana", "cayetano",
    "cecil", "cecile", "cecilia", "cecylia", "cedric", "celestin", "celia", "celina", "celine",
    "cesar", "cesare", "cezary", "chad", "chantal", "charlene", "charles", "charlotte", "chelsea",
    "chema", "cheryl", "chiara", "chloe", "chris", "christa", "christel", "christelle", "christian",
    "christiane", "christina", "christine", "christoph", "christophe", "christopher", "christy",
    "chus", "cindy", "cinzia", "cipriano", "claire", "clara", "clarissa", "claudia", "claudio",
    "clelia", "clemens", "clement", "clementine", "clifford", "clive", "clotilde", "cody",
    "colette", "colin", "coluccio", "concetta", "connor", "conor", "constance", "constanza",
    "consuelo", "cordula", "corinna", "corinne", "cornelia", "cosimo", "costantino", "costanza",
    "courtney", "cristian", "cristiano", "cristina", "cristobal", "curtis", "cynthia", "cyril",
    "czeslaw", "czeslawa", "dagmar", "dagmara", "damian", "damiano", "damien", "damon", "dan",
    "daniel", "daniela", "daniele", "danielle", "danuta", "daria", "dario", "dariusz", "darrell",
    "darren", "daryl", "dave", "david", "davide", "dawid", "debbie", "debora", "deborah", "debra",
    "declan", "deepak", "deirdre", "delfino", "delia", "della", "delphine", "denis", "denise",
    "dennis", "derek", "dermot", "desiderio", "desiree", "desmond", "detlef", "devin", "dexter",
    "diana", "diane", "didier", "diego", "dieter", "dietmar", "dietrich", "dilara", "dimitri",
    "dimitrios", "dirk", "dobrawa", "dolores", "domenico", "domingo", "dominic", "dominick",
    "dominik", "dominika", "dominique", "donald", "donata", "donatella", "donatello", "donato",
    "donna", "donovan", "doreen", "doris", "dorota", "dorothea", "dorothee", "dorothy", "doug",
    "douglas", "dustin", "dylan", "eamon", "eberhard", "eckart", "eckhard", "edelmira", "edeltraud",
    "edgar", "edith", "edmund", "edna", "edoardo", "edouard", "eduardo", "edward", "edwin", "edyta",
    "egon", "ehrenfried", "eileen", "elaine", "elena", "eleonora", "elfriede", "eliana", "eliane",
    "elias", "elif", "eligio", "eliott", "elisa", "elisabeth", "elisabetha", "eliza", "elizabeth",
    "elke", "ella", "ellen", "ellie", "elliot", "elmo", "elodie", "eloise", "eloy", "elsa", "elsie",
    "elvira", "elzbieta", "emanuel", "emanuela", "emanuele", "emil", "emila", "emilia", "emilian",
    "emiliano", "emily", "emma", "emmanuel", "emmanuelle", "emmi", "emre", "encarnacion",
    "engelbert", "enrico", "enrique", "enzio", "enzo", "epifanio", "eric", "erica", "erich", "erik",
    "erika", "erin", "ermanno", "ermenegildo", "ermes", "erna", "ernest", "ernesta", "ernestine",
    "ernesto", "ernst", "ervin", "erwin", "eryk", "esme", "esteban", "estelle", "ester", "esther",
    "ethan", "etienne", "ettore", "eugen", "eugene", "eugenia", "eugenie", "eugenio", "eugeniusz",
    "eusebio", "eva", "evan", "evangelista", "evaristo", "evelin", "evelyn", "evie", "ewa", "ewald",
    "ewelina", "ezgi", "ezio", "fabia", "fabian", "fabien", "fabienne", "fabio", "fabiola",
    "fabrice", "fabrizio", "farid", "fatemeh", "fatima", "fatma", "faustine", "fausto", "faye",
    "federica", "federico", "felicia", "feliciano", "felicity", "felicja", "felipe", "felisa",
    "felix", "ferdi", "ferdinand", "ferdynand", "fermin", "fernand", "fernando", "fidel", "filip",
    "filippo", "finley", "finn", "fiona", "fiorella", "fiorenzo", "fito", "flaminia", "flavia",
    "flavio", "fleur", "florence", "florencio", "florentine", "florian", "florrie", "folkert",
    "fortunata", "fortunato", "franca", "frances", "francesca", "francesco", "francisco",
    "franciszek", "franck", "franco", "francois", "frank", "franz", "franziska", "frauke", "fred",
    "freddie", "freddy", "frederic", "freya", "frida", "friedemann", "friederike", "friedhelm",
    "friedrich", "fritz", "fryderyk", "fulvio", "gabi", "gabriel", "gabriela", "gabriele",
    "gabriella", "gael", "gaelle", "gaetan", "gaetana", "gaetano", "gail", "gareth", "gary",
    "gaspare", "gaston", "gastone", "gauthier", "gavin", "gayle", "gema", "gemma", "genevieve",
    "genoveva", "genowefa", "geoffrey", "georg", "george", "georges", "georgia", "georgina",
    "gerald", "geraldine", "gerard", "gerardo", "gerd", "gerda", "gerhard", "gerlinde", "germaine",
    "germana", "gero", "gerold", "gerome", "gerrit", "gertrud", "gertruda", "gesa", "ghislaine",
    "giacomo", "giada", "gian", "gianfranco", "gianluca", "gianmarco", "gianni", "gianpaolo",
    "giesela", "gilbert", "gilberto", "gilda", "gilles", "gina", "ginevra", "gino", "gioacchino",
    "gioele", "giordano", "giorgia", "giorgio", "giorgos", "giosue", "giovanna", "giovanni",
    "gisela", "giulia", "giuliana", "giuliano", "giulio", "giuseppe", "giuseppina", "gladys",
    "glenda", "glenn", "gloria", "goffredo", "gonzalo", "gottfried", "grace", "graeme", "graham",
    "grazia", "graziano", "grazyna", "greg", "gregoire", "gregor", "gregorio", "gregory", "greta",
    "griselda", "grzegorz", "guadalupe", "guarino", "gudrun", "guenter", "guenther", "guglielmo",
    "guido", "guilhem", "guillaume", "guillermo", "guiomar", "gundula", "gunter", "gunther",
    "guntram", "gustav", "gustave", "gustaw", "gwen", "gwendolyn", "habib", "hadrien", "hakan",
    "halina", "hallie", "hamid", "hamza", "hanka", "hanna", "hannah", "hannelore", "hannes",
    "hanno", "hans", "hansjoerg", "harald", "harriet", "harrison", "harry", "hartmut", "haruto",
    "hasan", "hassan", "heather", "hector", "hedwig", "heide", "heidemarie", "heidi", "heidrun",
    "heike", "heiko", "heinrich", "heinrike", "heinz", "helen", "helena", "helene", "helga",
    "helge", "heliodoro", "helmut", "helmuth", "henning", "henny", "henri", "henriette", "henrik",
    "henry", "henryk", "henryka", "herbert", "herbie", "hermann", "herminia", "herve", "hieronim",
    "hilario", "hilda", "hilde", "hildegard", "hilmar", "hiltrud", "hinrich", "hipolito", "hiroshi",
    "holger", "holly", "honorata", "horacio", "horst", "hortense", "howard", "hubert", "hubertus",
    "hugh", "hugo", "huseyin", "hussein", "ian", "ibrahim", "ida", "ignacio", "ignacy", "ignazio",
    "igor", "ilan", "ilaria", "ilario", "ilda", "ilona", "ilse", "imelda", "immacolata", "imogen",
    "imran", "ines", "inga", "inge", "ingeborg", "ingo", "ingrid", "inigo", "inka", "inmaculada",
    "iolanda", "ippazio", "irena", "irene", "ireneusz", "irina", "irma", "irmina", "irvin", "isaac",
    "isabel", "isabela", "isabell", "isabella", "isabelle", "isidora", "isidro", "isla", "ismael",
    "ismail", "isobel", "isolde", "ivan", "ivana", "ivo", "ivonne", "iwan", "iwona", "iza",
    "izabela", "jacek", "jacenty", "jacinta", "jacinto", "jack", "jackie", "jacky", "jacob",
    "jacqueline", "jacquelyn", "jacques", "jadwiga", "jaime", "jake", "jakob", "jakub", "jamal",
    "james", "jamie", "jan", "jana", "jane", "janek", "janet", "janice", "janina", "janine",
    "jannik", "janusz", "jared", "jarek", "jaromir", "jaroslaw", "jasmin", "jasmine", "jason",
    "jaume", "javad", "javier", "javiera", "jean", "jeanette", "jeanne", "jeannine", "jeannot",
    "jedrzej", "jeff", "jeffrey", "jem", "jenna", "jennifer", "jenny", "jens", "jeremi", "jeremias",
    "jeremy", "jerome", "jeronimo", "jerry", "jerzy", "jesper", "jesse", "jessica", "jessika",
    "jesus", "jill", "jim", "joachim", "joan", "joana", "joann", "joanna", "joaquin", "joaquina",
    "jocelyne", "jochen", "jodie", "jody", "joe", "joel", "joelle", "joerg", "joern", "johan",
    "johann", "johanna", "john", "johnny", "jolanda", "jolanta", "jon", "jonas", "jonatan",
    "jonathan", "jordan", "jordi", "jorg", "jorge", "joris", "jose", "josef", "josefa", "josefina",
    "joseph", "josephine", "joshua", "josiane", "josie", "jost", "josue", "joyce", "jozef",
    "jozefina", "juan", "juana", "juanita", "judith", "judy", "judyta", "juergen", "jule", "jules",
    "julia", "julian", "juliana", "juliane", "julianna", "julie", "julien", "julieta", "juliette",
    "julio", "julita", "julius", "juliusz", "jurgen", "justin", "justine", "justyna", "jutta",
    "kacper", "kaethe", "kai", "kaja", "kajetan", "kamil", "kamila", "karen", "karim", "karin",
    "karina", "karine", "karl", "karla", "karol", "karolina", "karsten", "kasia", "kasjan",
    "kaspar", "kasper", "katarina", "katarzyna", "kate", "katharina", "katherine", "kathleen",
    "kathrin", "kathryn", "kathy", "katie", "katja", "katrin", "kayla", "kazimiera", "kazimierz",
    "keith", "kelly", "kendra", "kenji", "kenneth", "kenny", "kerry", "kerstin", "kevin", "khadija",
    "khalid", "kim", "kimberly", "kinga", "kirk", "kirsten", "kirsty", "klara", "klaudia", "klaus",
    "klemens", "knut", "konrad", "konstancja", "konstantin", "konstanty", "konstantyn", "korbinian",
    "kordian", "kornel", "kornelia", "kosma", "kreszentia", "kristen", "kristi", "kristian",
    "kristin", "kristina", "kristine", "kristof", "kristy", "krystian", "krystyna", "krzysztof",
    "ksawery", "ksenia", "kunigunde", "kurt", "kyle", "kylie", "lacey", "laetitia", "lakshmi",
    "lamberto", "lana", "lara", "larry", "lars", "laszlo", "latifa", "laura", "lauren", "laurence",
    "laurent", "lauretta", "laurie", "lawrence", "layla", "lazaro", "lazzaro", "lea", "leah",
    "leandra", "leandro", "lech", "leigh", "leila", "lelio", "lena", "leni", "lennart", "leo",
    "leokadia", "leon", "leonard", "leonardo", "leonce", "leoncio", "leonhard", "leonie", "leonor",
    "leonore", "leopold", "leopoldo", "leroy", "leslie", "lester", "leszek", "leticia", "letizia",
    "lewis", "leyla", "lia", "liam", "liana", "liane", "lidia", "liesel", "lieselotte", "lilian",
    "liliana", "lilla", "lilly", "lilou", "lina", "linda", "linus", "lionel", "lisa", "lisbeth",
    "lise", "liselotte", "livia", "liviana", "livio", "lloyd", "loic", "lois", "loredana",
    "lorella", "lorena", "lorenz", "lorenza", "lorenzo", "loretta", "lori", "lorna", "lorraine",
    "lothar", "louie", "louis", "louisa", "louise", "lourdes", "luana", "luc", "luca", "lucas",
    "lucette", "luchino", "lucia", "luciana", "luciano", "lucie", "lucien", "lucienne", "lucile",
    "lucille", "lucinda", "lucio", "lucja", "lucjan", "lucrezia", "lucy", "ludovic", "ludovica",
    "ludovico", "ludwig", "ludwik", "ludwika", "luigi", "luigina", "luis", "luisa", "luise", "luiz",
    "lukas", "lukasz", "luke", "luther", "lutz", "luzia", "luzie", "lydia", "lyle", "lynn", "mabel",
    "macarena", "macario", "maciej", "maciek", "maddalena", "madeleine", "mads", "mael", "maelle",
    "maeva", "magali", "magda", "magdalena", "magnus", "mahmoud", "mahmud", "maik", "maike",
    "maisie", "maite", "maja", "makary", "maks", "maksymilian", "malcolm", "malgorzata", "mallory",
    "malte", "malwina", "mandy", "manfred", "manolo", "manon", "manuel", "manuela", "marc",
    "marcantonio", "marcel", "marcela", "marcelina", "marcelino", "marcella", "marcelle",
    "marcello", "marcelo", "marcia", "marcial", "marcin", "marco", "marcos", "marcus", "mareike",
    "marek", "maren", "margaret", "margarete", "margarethe", "margarita", "margaux", "margherita",
    "margie", "margit", "margitta", "margot", "margret", "marguerite", "maria", "mariam", "marian",
    "mariana", "marianna", "mariano", "maribel", "maricela", "maricruz", "marie", "mariechen",
    "mariella", "marielle", "marika", "marilyn", "marina", "marine", "mario", "marion", "marisa",
    "marisol", "marit", "marita", "mariusz", "marjolaine", "marjorie", "mark", "marko", "markus",
    "marlene", "marlies", "marlon", "marsha", "marta", "martha", "marthe", "martin", "martina",
    "martine", "martino", "martirio", "martyn", "martyna", "marvin", "mary", "maryam", "maryla",
    "marzena", "massimiliano", "massimo", "mateusz", "mathias", "mathieu", "mathilda", "mathilde",
    "mathis", "matilda", "matilde", "matt", "matteo", "matthew", "matthias", "mattia", "maud",
    "maureen", "maurice", "mauricette", "mauricio", "maurilio", "maurizio", "mauro", "maurycy",
    "max", "maxence", "maxim", "maxime", "maximilian", "maximiliano", "maximo", "maxine", "maya",
    "mechthild", "megan", "mehdi", "mehmet", "meike", "meinhard", "melania", "melanie", "melchor",
    "melina", "melinda", "melissa", "melodie", "mercedes", "meredith", "merle", "mervyn", "meryem",
    "metin", "mette", "mia", "micaela", "michael", "michaela", "michal", "michalina", "michel",
    "michelangelo", "michele", "michelle", "mieczyslaw", "mieczyslawa", "miguel", "mike", "mikhail",
    "mikolaj", "mildred", "milena", "millie", "milo", "milosz", "mirco", "mireille", "mirella",
    "miriam", "mirjam", "mirko", "miron", "miroslaw", "misty", "mitch", "mitchell", "modesto",
    "mohamad", "mohamed", "mohammad", "mohammed", "mohsen", "moira", "moises", "molly", "monica",
    "monika", "monique", "montserrat", "moritz", "muhammad", "muriel", "mustafa", "myra", "myriam",
    "nabil", "nadege", "nadia", "nadine", "nadir", "nadja", "nancy", "nanni", "naomi", "napoleone",
    "narciso", "natalia", "natalie", "natan", "natascha", "natasza", "nathalie", "nathan",
    "nathanael", "nathaniel", "naveen", "nazaret", "neal", "nedda", "neha", "neil", "nela",
    "nellie", "nelly", "nerea", "nerina", "nettie", "niamh", "nicanor", "niccolo", "nicholas",
    "nick", "nico", "nicola", "nicolas", "nicolasa", "nicole", "nicoletta", "nicolo", "niels",
    "nieves", "nigel", "nikita", "niklas", "nikodem", "nikola", "nikolai", "nikolas", "nikolaus",
    "nikolay", "nils", "nina", "nino", "noah", "noel", "noelia", "noelle", "noemi", "noemie",
    "nola", "nolwenn", "nora", "norbert", "norma", "nuno", "nunzia", "nuria", "oceane", "octavia",
    "octavio", "odette", "odile", "olaf", "olalla", "olegario", "oleksandr", "olena", "olga",
    "olgierd", "oliver", "olivia", "olivier", "oliwia", "oliwier", "omar", "omer", "ophelia",
    "ophelie", "orazio", "oreste", "orla", "ornella", "oscar", "oskar", "osvaldo", "oswald",
    "ottavia", "ottavio", "ottilie", "ottmar", "otto", "ottone", "ovidio", "owen", "ozan", "pablo",
    "padraig", "paige", "paloma", "pam", "pamela", "paola", "paolo", "paride", "pascal", "pascale",
    "pasquale", "pastora", "patrice", "patricia", "patricio", "patrick", "patrizia", "patrizio",
    "patrycja", "patryk", "patti", "patty", "paul", "paula", "paulette", "paulina", "pauline",
    "paulo", "pawel", "pedro", "peer", "peggy", "pelayo", "penelope", "perrine", "peter", "petr",
    "petra", "petrona", "phil", "philip", "philipp", "philippa", "philippe", "phillip", "phoebe",
    "phyllis", "pia", "pierina", "pierluigi", "piermaria", "piero", "pierpaolo", "pierre", "pietro",
    "pilar", "piotr", "placido", "pompeo", "pooja", "poppy", "porfirio", "pradeep", "primitivo",
    "priscilla", "priya", "przemyslaw", "puccio", "puck", "quentin", "quirin", "rabea", "rachael",
    "rachel", "radoslaw", "rafael", "rafal", "raffaele", "raffaella", "raffaello", "rahul",
    "raimondo", "raimund", "rainer", "rajesh", "ralf", "ralph", "ramesh", "ramiro", "ramon",
    "ramona", "randall", "randy", "ranieri", "raniero", "raphael", "raquel", "rashid", "raul",
    "ravi", "raymond", "raymonde", "rebeca", "rebecca", "reece", "regina", "regis", "reiner",
    "reinhard", "reinhold", "remi", "remigiusz", "remy", "renata", "renate", "renato", "renaud",
    "rene", "renee", "renzo", "resi", "reza", "rhoda", "rhonda", "rhys", "ricarda", "ricardo",
    "riccarda", "riccardo", "richard", "rick", "ricky", "rina", "rita", "robbie", "robert",
    "roberta", "roberto", "robin", "robyn", "roch", "rocio", "roderich", "roderick", "rodney",
    "rodolfo", "rodrigo", "rogelio", "roger", "rohan", "roksana", "roland", "rolando", "rolf",
    "romain", "roman", "romana", "romina", "romolo", "romualdo", "romy", "ronald", "ronaldo",
    "ronnie", "roque", "rosa", "rosalia", "rosalie", "rosalind", "rosanna", "rosaria", "rosario",
    "rosel", "roselyne", "rosemarie", "rosemary", "rosendo", "rosetta", "rosi", "rosie", "rosina",
    "rosita", "rossana", "rotraud", "roxana", "roxane", "roxanne", "roy", "rozalia", "rozalie",
    "ruben", "rudi", "rudolf", "rudolph", "ruediger", "rufino", "rufus", "ruggero", "ruggiero",
    "rupert", "russell", "ruth", "ryan", "ryszard", "ryszarda", "sabatino", "sabina", "sabine",
    "sabrina", "sadie", "sally", "salome", "salvador", "salvadora", "salvatore", "sam", "samantha",
    "samir", "samira", "samuel", "samuele", "sancho", "sandra", "sandrine", "sandro", "sanjay",
    "santiago", "santina", "santosh", "saoirse", "sara", "sarah", "sascha", "sasha", "saskia",
    "saturnino", "saul", "savannah", "saverio", "scott", "seamus", "sean", "sebastian", "sebastien",
    "segolene", "selena", "selina", "serafina", "serena", "serge", "sergei", "sergey", "sergio",
    "sergiusz", "severine", "severino", "seweryn", "shane", "shannon", "sharon", "shaun", "shawn",
    "sheila", "shelby", "shelley", "sherri", "sherry", "shirley", "shreya", "sibylle", "siegfried",
    "siegmar", "siegmund", "siegrid", "sigfrido", "sigmund", "sigrid", "silke", "sille", "silvana",
    "silvestre", "silvia", "silvio", "simeon", "simon", "simona", "simone", "sina", "sinead",
    "siobhan", "slawomir", "soeren", "sofia", "sofie", "solange", "soledad", "solene", "solveig",
    "sonia", "sonja", "sonya", "sophia", "sophie", "soren", "stacey", "stacy", "stan", "stanislaw",
    "stanislawa", "stefan", "stefani", "stefania", "stefanie", "stefano", "steffen", "steffi",
    "stephan", "stephane", "stephania", "stephanie", "stephen", "steve", "steven", "stuart",
    "sunita", "suresh", "susan", "susana", "susanita", "susann", "susanna", "susanne", "suzanne",
    "sven", "svenja", "svetlana", "swantje", "swen", "sybil", "sybille", "sylvain", "sylvaine",
    "sylvester", "sylvia", "sylviane", "sylvie", "sylwester", "sylwia", "szczepan", "szymon",
    "tabea", "tabitha", "tadeo", "tadeusz", "takashi", "tamara", "tammy", "tamsin", "tanguy",
    "tania", "tanja", "tariq", "tasha", "tatiana", "tatyana", "ted", "telemaco", "temistocle",
    "teodor", "teodora", "teodozja", "teofilo", "terence", "teresa", "terrence", "terry", "tessa",
    "thea", "thekla", "thelma", "theo", "theodor", "theodora", "theophile", "theresa", "therese",
    "theresia", "thiago", "thibault", "thibaut", "thierry", "thilo", "thomas", "thomasz",
    "thorsten", "tiffany", "tilman", "tim", "timo", "timoteo", "timothee", "timothy", "tina",
    "tiphaine", "titus", "tiziana", "tiziano", "tobias", "tobiasz", "toby", "todd", "tola", "tom",
    "tomas", "tomasa", "tomasz", "tommaso", "tommy", "toni", "tonino", "tony", "torquato",
    "torsten", "tracey", "tracy", "traudel", "traute", "travis", "trevor", "tricia", "trina",
    "trini", "tristan", "troy", "trude", "trudy", "tullio", "tyler", "tymek", "tymon", "tymoteusz",
    "tyrone", "ubaldo", "uberto", "udo", "ugo", "ulf", "uli", "ulises", "ulla", "ulrich", "ulrike",
    "umberto", "ursula", "urszula", "uta", "ute", "uwe", "valentin", "valentina", "valentine",
    "valentino", "valeria", "valerie", "valerio", "valero", "valeska", "vanessa", "vanni", "vasco",
    "veit", "velma", "venancio", "vera", "verena", "veronica", "veronika", "veronique", "vicente",
    "vicky", "victoire", "victor", "victoria", "vijay", "vikram", "viktor", "viktoria", "vilma",
    "vince", "vincent", "vincenza", "vincenzo", "violetta", "violette", "virginia", "virginie",
    "vitalia", "vito", "vittoria", "vittorio", "vitus", "vivian", "viviana", "viviane", "vladimir",
    "volker", "waclaw", "wade", "walburga", "waldemar", "walter", "waltraud", "waltraut", "wanda",
    "wayne", "wei", "wendelin", "wendy", "wenzel", "werner", "weronika", "wesley", "whitney",
    "wiebke", "wieslaw", "wieslawa", "wigbert", "wiktor", "wiktoria", "wilbur", "wilfred",
    "wilfredo", "wilfried", "wilhelm", "wilhelmine", "wilko", "willi", "william", "willie", "willy",
    "wilma", "wiltrud", "wincenty", "winfried", "winfriede", "winston", "witold", "wladyslaw",
    "wladyslawa", "wlodzimierz", "wojciech", "wojtek", "wolfgang", "wolfhard", "wolfram", "xaver",
    "xavier", "xaviere", "ximena", "yago", "yann", "yannick", "yannis", "yasin", "yasmin",
    "yasmine", "yesenia", "yoann", "yolanda", "yosef", "youssef", "ysee", "yuki", "yuri", "yusuf",
    "yuto", "yvan", "yves", "yvette", "yvon", "yvonne", "zacarias", "zacharie", "zachary", "zahra",
    "zaida", "zainab", "zaira", "zaneta", "zbigniew", "zdzislaw", "zdzislawa", "zelie", "zenon",
    "zeynep", "ziemowit", "zoe", "zofia", "zoltan", "zora", "zuza", "zuzanna", "zygmunt",
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
