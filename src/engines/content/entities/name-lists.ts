import { fold } from '../../language/phrases.js';

const list = (names: string): ReadonlySet<string> =>
  new Set(names.split(',').map((name) => fold(name.trim().replace(/\s+/g, ' '))));
const words = (text: string): ReadonlySet<string> => new Set(fold(text).split(/\s+/));

/** Given names that are common in English, German, French and Spanish mail; those that are words too are left out. */
export const GIVEN_NAMES = words(`
aaron adam adrian agnes alan albert alberto alejandro alex alexander alexandra alexandre alexis alfonso alfred ali alice
alicia alison allison amanda amber amelie amy ana andre andrea andreas andres andrew andy angel angela angelika anita
anja ann anna anne anneliese annette annie anthony antoine anton antonia antonio arnaud arthur arturo astrid audrey
aurelie axel barbara beatrice beatriz becky ben benedikt benjamin benoit bernard bernd bert beth betty bill birgit
bjorn bob brad brandon brenda brian brigitte bruce bruno bryan camille carl carla carlos carmen carol carolin caroline
carrie catherine cathy cecile celine charles charlotte cheryl chloe chris christa christelle christian christiane
christina christine christoph christophe christopher chuck cindy claire clara claude claudia claudio claus clement
colin connor craig cristina curtis cynthia dan dana daniel daniela danielle danny darren dave david dean debbie deborah
debra delphine denis denise dennis derek diana diane diego dieter dietmar dirk dmitri dominic dominik dominique don
donald donna doris dorothee doug douglas duncan dylan ed eddie eduardo edward edwin eileen elaine elena eleonore
elisabeth elise elizabeth elke ellen emilie emily emma emmanuel enrique eric erica erich erik erika ernesto ernst erwin
esther ethan etienne eugene eva evelyn fabian fabien fabrice federico felipe felix fernando florence florian francesca
francesco francis francisco franck francois francoise frank franz fred frederic frederick frederik fritz gabriel
gabriela gabriele gareth gary gavin genevieve geoff geoffrey george georg georges gerald gerard gerd gerhard gilbert
gilles gina giovanni gisela gloria gonzalo gordon greg gregor gregory guido guillaume guillermo gunter gustav guy
hannah hannes hanna hans harald harold harry hartmut hector heather hector heidi heike heinrich heinz helen helena
helene helga helmut henri henry herbert hermann hilary holger horst howard hubert hugo ian ignacio ines inge ingo
ingrid irene iris isabel isabella isabelle ivan jack jackie jacob jacqueline jacques jaime jake jakob james jamie jan
jana jane janet janice jason javier jean jeanette jeanne jeff jeffrey jenna jennifer jenny jens jeremy jerome jerry
jesse jessica jesus jill jim jimmy joachim joan joanna joanne joaquin jochen joe joel johan johann johanna johannes
john johnny jon jonas jonathan jorg jorge jose josef joseph joshua joyce juan juana judith judy jules julia julian
juliane julie julien juliette jurgen justin kai kara karen karin karl karsten katharina katherine kathleen kathrin
kathryn kathy katie katja katrin keith kelly ken kenneth kerstin kevin kim kimberly klaus konrad kristen kristin
kristina kurt kyle lars laura lauren laurence laurent lawrence lea leah lee leo leon leonard leonardo leonie leslie
lewis liam lina linda lionel lisa lloyd loic lorenz lorenzo lothar louis louise luc luca lucas lucia lucie ludwig luis
luisa lukas lutz lydia lynn madeleine magdalena malcolm manfred manuel manuela marc marcel marcia marco marcos marcus
margaret margarita margot maria marianne marie marina mario marion marisa marissa markus marlene martha martin martina
mary mathias mathieu mathilde matt matteo matthew matthias matthieu maureen maurice max maxime megan melanie melissa
mercedes mia michael michaela michel michele michelle miguel mike mitch mitchell mohammed mohamed molly monica monika
monique moritz nadia nadine nancy natalia natalie nathalie nathan neil nelson niall nicholas nick nicola nicolas nicole
niels nigel nikolaus nina noah noel nora norbert norma norman odile olaf oliver olivia olivier oscar oskar otto pablo
pamela paolo pascal patricia patrick patrizia paul paula pauline pedro peggy penelope peter petra phil philip philipp
philippe phillip phyllis pierre pilar rachel rafael rainer ralf ralph ramon randy raphael raquel raul raymond rebecca
regina reiner reinhard renate rene ricardo richard rick rita robert roberto robin rodrigo roger roland rolf roman ron
ronald rosa rosemary ross roy ruben rudiger rudolf rudy russell ruth ryan sabine sabrina sally salvador sam samantha
samuel sandra sandrine sara sarah scott sean sebastian sebastien sergio shannon sharon shaun sheila shelley sherri
shirley sigrid silke silvia simon simone sofia sonia sonja sophia sophie stacey stacy stan stefan stefanie stella
stephan stephane stephanie stephen steve steven stuart sue susan susana susanne suzanne svenja sven sylvia sylvie tamara
tanja tanya tara ted teresa terri terry theo theodor theresa therese thibault thierry thomas thorsten tiffany till tim
timo timothy tina tobias todd tom tomas tommy toni tony torsten tracey tracy travis udo ulrich ulrike ursula ute uwe
valentin valerie vanessa vera veronica veronika veronique vicki vicky victor victoria vincent virginia virginie
vladimir volker walter waltraud wanda wayne wendy werner wilfried wilhelm will william willy wolfgang xavier yann
yannick yolanda yves yvette yvonne zoe ahmed amir anil anita arjun deepak fatima hassan hiroshi ibrahim jing kumar li
mehmet mei mustafa naveen omar priya rahul rajesh ravi sanjay sunil vijay wei yusuf`);

/** Given names that are words, months or surnames too: they count before a family name, not alone. */
export const AMBIGUOUS_GIVEN_NAMES =
  words(`mark will may grant hunter drew rob cliff faith grace hope joy june april rose
ruby chase chip gene jay kay art pat ray rich rusty sandy victor wade wes sharron billy cassandra melinda tana larry
theresa max bob jack christian dolores august angel pierce scott stone clay glenn heath iris ivy jasmine lance lane
miles nick page paige penny pierre reed robin rod rusty sky sterling summer todd trent troy van vince wally warren
ward padraig declan niall conor kevin fergal eoin ciaran aidan brendan donal eamonn liam seamus sinead niamh aoife
justin rohit sergey igor yuri olga natasha dmitry ivan pavel tomasz piotr jerzy agnieszka katarzyna marek jan lars
bjarne ole knut arne gunnar sigurd anders mats goran zoltan attila laszlo ferenc janos akira kenji takeshi yoko yuki
chen wang zhang liu tariq yasmin aisha leila samir karim khalid youssef abdul mohammad muhammad kofi kwame amara`);

/** Words before a family name. */
export const TITLES = words(
  'mr mrs ms miss mister dr prof professor sir madam herr frau monsieur madame mme mlle m senor senora sr sra don dona',
);

/** Words inside a family name. */
export const PARTICLES = words('von van de der den del della di da dos du la le ten ter zu bin al el');

/** Last words of the names of companies and institutions. */
export const ORGANIZATION_ENDINGS = words(
  'inc incorporated ltd limited llc llp plc corp corporation company co gmbh ag kg kgaa ohg se ug ev sa sas sarl srl sl spa bv nv oy ab as bank group holding holdings partners associates university universitat universite universidad institute institut instituto college foundation stiftung fondation fundacion ministry ministerium ministere ministerio agency agentur agence agencia airlines insurance versicherung technologies systems software solutions consulting industries laboratories labs motors energy telecom airways hospital committee commission council association verein verband society press times',
);

/** First words of the names of institutions (University of ..., Bank of ...). */
export const ORGANIZATION_BEGINNINGS = words(
  'university universitat universite universidad bank banco banque institute institut instituto ministry ministerium ministere ministerio department college',
);

/** Organizations that mail names without any ending. */
export const KNOWN_ORGANIZATIONS = list(
  `Google, Microsoft, Apple, Amazon, IBM, Intel, Oracle, SAP, Siemens, Bosch, BMW, Volkswagen, Daimler, Mercedes-Benz,
Airbus, Boeing, Facebook, Meta, Twitter, LinkedIn, Yahoo, eBay, PayPal, Netflix, Adobe, Cisco, Dell, HP, Sony, Samsung,
Nokia, Ericsson, Vodafone, Orange, Telefonica, Deutsche Telekom, Deutsche Bank, Commerzbank, Allianz, BNP Paribas,
Renault, Peugeot, Total, Santander, Iberia, Lufthansa, Air France, DHL, UPS, FedEx, Reuters, BBC, CNN, NATO, UNESCO,
UNICEF, European Union, European Commission, United Nations, World Bank, Red Hat, GitHub, GitLab, Slack, Zoom, Dropbox,
Salesforce, Stripe, Visa, Mastercard, Walmart, Toyota, Honda, Ford, General Motors, General Electric, Shell, Exxon,
Enron, Mozilla, Debian, SourceForge, Netscape, AOL, W3C, NASA, FBI, CIA, OpenAI, Nvidia, AMD, Uber, Airbnb`,
);

/** Countries, large cities and regions under the names that the four languages give them. */
export const PLACES = list(
  `Afghanistan, Albania, Algeria, Argentina, Australia, Austria, Bangladesh, Belgium, Bolivia, Bosnia, Brazil, Bulgaria,
Cambodia, Cameroon, Canada, Chile, China, Colombia, Costa Rica, Croatia, Cuba, Cyprus, Czech Republic, Denmark, Ecuador,
Egypt, England, Estonia, Ethiopia, Europe, Finland, France, Germany, Ghana, Greece, Guatemala, Hong Kong, Hungary,
Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel, Italy, Japan, Jordan, Kazakhstan, Kenya, Kuwait, Latvia, Lebanon,
Libya, Lithuania, Luxembourg, Malaysia, Malta, Mexico, Monaco, Morocco, Nepal, Netherlands, New Zealand, Nigeria,
North Korea, Norway, Pakistan, Palestine, Panama, Paraguay, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russia,
Saudi Arabia, Scotland, Senegal, Serbia, Singapore, Slovakia, Slovenia, South Africa, South Korea, Spain, Sri Lanka,
Sudan, Sweden, Switzerland, Syria, Taiwan, Thailand, Tunisia, Turkey, Ukraine, United Kingdom, United States, Uruguay,
USA, U.S., UK, Venezuela, Vietnam, Wales, Zimbabwe, Africa, Asia, America, North America, South America, Latin America,
Middle East, Deutschland, Österreich, Schweiz, Frankreich, Spanien, Italien, Niederlande, Belgien, Polen, Russland,
Türkei, Griechenland, Großbritannien, Vereinigte Staaten, Europa, Bayern, Hessen, Sachsen, Allemagne, Autriche, Suisse,
Espagne, Italie, Pays-Bas, Belgique, Pologne, Russie, Turquie, Grèce, Angleterre, Royaume-Uni, États-Unis, Bretagne,
Alemania, Francia, España, Italia, Suiza, Reino Unido, Estados Unidos, México, Perú, Cataluña, Andalucía, Inglaterra,
Amsterdam, Athens, Atlanta, Auckland, Austin, Baghdad, Baltimore, Bangalore, Bangkok, Barcelona, Basel, Beijing, Beirut,
Belfast, Belgrade, Berlin, Bern, Bilbao, Birmingham, Bogotá, Bombay, Bonn, Bordeaux, Boston, Bremen, Brisbane, Bristol,
Brussels, Bruxelles, Brüssel, Bucharest, Budapest, Buenos Aires, Cairo, Calgary, Cambridge, Cape Town, Caracas, Chicago,
Cleveland, Cologne, Copenhagen, Dallas, Delhi, Denver, Detroit, Dortmund, Dresden, Dubai, Dublin, Duisburg, Düsseldorf,
Edinburgh, Essen, Florence, Florida, Frankfurt, Freiburg, Geneva, Genève, Genf, Glasgow, Gothenburg, Graz, Hamburg,
Hannover, Hanover, Heidelberg, Helsinki, Houston, Istanbul, Jakarta, Jerusalem, Johannesburg, Karlsruhe, Kiev, Kyiv, Köln,
Kuala Lumpur, Lausanne, Leeds, Leipzig, Lille, Lima, Linz, Lisbon, Lissabon, Liverpool, London, Londres, Los Angeles, Lyon,
Madrid, Mailand, Mainz, Málaga, Manchester, Manila, Mannheim, Marseille, Melbourne, Memphis, Miami, Milan, Milwaukee,
Minneapolis, Montevideo, Montpellier, Montreal, Moscow, Moskau, Mumbai, Munich, München, Nairobi, Nantes, Naples, Nashville,
New Delhi, New Orleans, New York, New York City, Nice, Nürnberg, Nuremberg, Oakland, Orlando, Osaka, Oslo, Ottawa, Oxford,
Palo Alto, Paris, Philadelphia, Phoenix, Pittsburgh, Portland, Porto, Potsdam, Prague, Prag, Quebec, Quito, Rennes, Rio de
Janeiro, Riyadh, Rom, Rome, Rotterdam, Sacramento, Salzburg, San Antonio, San Diego, San Francisco, San Jose, Santiago, São
Paulo, Sarajevo, Seattle, Seoul, Sevilla, Seville, Shanghai, Sheffield, Silicon Valley, Stockholm, Strasbourg, Straßburg,
Stuttgart, Sydney, Tampa, Tehran, Tel Aviv, The Hague, Tokyo, Toronto, Toulouse, Turin, Utrecht, Valencia, Vancouver,
Venice, Vienna, Warsaw, Washington, Washington DC, Wien, Zaragoza, Zurich, Zürich, Alabama, Alaska, Arizona, Arkansas,
California, Colorado, Connecticut, Delaware, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maryland,
Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New
Mexico, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, Tennessee, Texas,
Utah, Vermont, Virginia, West Virginia, Wisconsin, Wyoming, Ontario, British Columbia, Queensland, Victoria, Afrika, Chechnya,
Kosovo, Bosnia-Herzegovina, Yugoslavia, Kashmir, Gaza, West Bank, Northern Ireland, Siberia, Tibet, Macedonia, Burundi,
Rwanda, Somalia, Uganda, Tanzania, Zambia, Zaire, Congo, Angola, Mali, Haiti, Jamaica, Honduras, Nicaragua, El Salvador`,
);

/** Words that stand capitalised in mail and are no names: days, months, greetings, headings, sentence starters. */
export const NOT_NAMES = words(`
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec montag dienstag
mittwoch donnerstag freitag samstag sonntag januar februar marz mai juni juli oktober dezember lundi mardi mercredi jeudi
vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo dear hello hi hey regards best kind thanks
thank cheers sincerely from to cc bcc subject date sent re fw fwd aw the a an and or but if in on at by for with of as is
it i we you he she they this that these those there here what when where which who why how please note also all any some
my our your his her their its no not yes ok so then now today tomorrow yesterday do does did can could will would should
may might must have has had be been are was were let just new first last next original message forwarded begin end
liebe lieber sehr geehrte geehrter guten tag hallo mit freundlichen grussen viele bitte danke ich sie wir es der die das
ein eine und oder aber wenn dann bonjour madame monsieur cordialement merci je nous vous le la les un une et mais si hola
estimado estimada saludos gracias yo nosotros el los una pero buenos dias email mail phone tel fax web url http www linux
windows internet english german french spanish american british european java perl python unix html xml pdf am pm gmt est
pst edt pdt utc ps pps faq asap fyi rsvp tbd ceo cto cfo it hr pr qa id usa uk after before since while during because
although however therefore about over under one two three four five six seven eight nine ten sorry well sure great good
another other each every both many most more such same than through per via without within out up down off still even
only maybe perhaps once again meanwhile finally actually unfortunately hopefully looking attached see call click get
go make take give send reply read write check use try ask tell help need want think know feel free page section chapter
figure table version server client software project team office department manager director president group list user`);
