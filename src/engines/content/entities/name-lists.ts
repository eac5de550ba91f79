import { fold } from '../../language/phrases.js';

const list = (names: string): ReadonlySet<string> =>
  new Set(names.split(',').map((name) => fold(name.trim().replace(/\s+/g, ' '))));
const words = (text: string): ReadonlySet<string> => new Set(fold(text).split(/\s+/));

/** Last words of the names of companies and institutions. */
export const ORGANIZATION_ENDINGS = words(
  'inc incorporated ltd limited llc llp plc corp corporation company co gmbh ag kg kgaa ohg se ug ev sa sas sarl srl sl spa bv nv oy ab as bank group holding holdings partners associates university universitat universite universidad institute institution institut instituto college foundation stiftung fondation fundacion ministry ministerium ministere ministerio agency agentur agence agencia airlines insurance versicherung technologies systems software solutions consulting industries laboratories labs motors energy telecom airways hospital committee commission council association verein verband society press times',
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
Salesforce, Congress, Senate, House of Representatives, Supreme Court, White House, FCC, SEC, IRS, EPA, FERC, WTO, IMF,
Arthur Andersen, Associated Press, Wall Street Journal, New York Times, Washington Post, Financial Times, Harvard, MIT, Bloomberg,
United Airlines, American Airlines, Goldman Sachs, Morgan Stanley, Merrill Lynch, Citibank, Stripe, Visa, Mastercard, Walmart, Toyota, Honda, Ford, General Motors, General Electric, Shell, Exxon,
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
USA, US, U.S., UK, U.K., Midwest, Far East, Balkans, Caribbean, Scandinavia, Bay Area, Venezuela, Vietnam, Wales, Zimbabwe, Africa, Asia, America, North America, South America, Latin America,
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
Santa Fe, Redmond, Cupertino, Mountain View, Menlo Park, Sunnyvale, Santa Clara, Santa Monica, Santa Barbara, Santa Cruz, 
Pasadena, Long Beach, Beverly Hills, Hollywood, Burbank, Irvine, Anaheim, Fresno, San Mateo, Las Vegas, Tucson, Scottsdale, Aspen,
Salt Lake City, Provo, Boise, Spokane, Tacoma, Olympia, Honolulu, Anchorage, Omaha, Des Moines, Wichita, Kansas City, St. Louis, St. Paul, Ann Arbor,
Cincinnati, Cleveland, Toledo, Akron, Louisville, Chattanooga, Knoxville, Huntsville, Birmingham, Baton Rouge, Galveston, Corpus Christi, Fort Worth, Plano, Waco,
Tulsa, Oklahoma City, Little Rock, Tallahassee, Jacksonville, Fort Lauderdale, West Palm Beach, Boca Raton, Raleigh, Chapel Hill, Arlington,
Annapolis, Wilmington, Trenton, Newark, Hoboken, Brooklyn, Manhattan, Bronx, Staten Island, Long Island, Syracuse, Rochester, Ithaca, Hartford, New Haven,
Stamford, Greenwich, Nantucket, Martha's Vineyard, Cape Cod, Montpelier, Bangor, Pacific Northwest, New England, West Coast, East Coast, Gulf Coast,
Midwest, Rocky Mountains, Rockies, Great Lakes, Great Plains, Sierra Nevada, Grand Canyon, Yellowstone, Yosemite, Lake Tahoe, Lake Michigan,
Mississippi River, Hudson River, Puget Sound, Chesapeake Bay, Capitol Hill, Pennsylvania Avenue, Times Square, Ground Zero, Central Park, Golden Gate Bridge,
Pacific, Atlantic, Pacific Ocean, Atlantic Ocean, Indian Ocean, Mediterranean, North Sea, Baltic, Gulf of Mexico, Persian Gulf, Red Sea, Black Sea, Caspian Sea,
Central America, Central Asia, Southeast Asia, Eastern Europe, Western Europe, Central Europe, Antarctica, Arctic, Himalayas, Alps, Sahara, Amazon River, Nile,
Latin America, Soviet Union, USSR, Holland, Great Britain, Britain, British Isles, Republic of Ireland, Isle of Man, Guernsey, Cornwall, Dorset, Somerset, Wiltshire, Hampshire,
Surrey, Sussex, Suffolk, Cambridgeshire, Lincolnshire, Yorkshire, Lancashire, Cheshire, Derbyshire, Nottinghamshire, Leicestershire, Staffordshire,
Shropshire, Herefordshire, Worcestershire, Warwickshire, Northamptonshire, Oxfordshire, Buckinghamshire, Berkshire, Hertfordshire, Bedfordshire, Gloucestershire, Cumbria,
Northumberland, Merseyside, Tyneside, North Wales, South Wales, Heathrow, Gatwick, Westminster, Soho, Brixton, Hackney, Islington, Croydon, Woolwich, Wimbledon,
Newcastle, Sunderland, Coventry, Leicester, Nottingham, Plymouth, Exeter, Brighton, Southampton, Portsmouth, Norwich, Ipswich, Swansea, Cardiff, Wrexham, Aberdeen, Dundee, Inverness,
Cork, Galway, Limerick, Waterford, Kilkenny, Donegal, Sligo, Wicklow, Wexford, Tipperary, Dun Laoghaire, Derry, Bangalore, Mumbai, Chennai, Calcutta, Kolkata,
Hyderabad, Pune, Gujarat, Maharashtra, Punjab, Kerala, Islamabad, Karachi, Lahore, Kabul, Kandahar, Tora Bora, Ramallah, Jenin, Hebron, Bethlehem, Haifa, Golan Heights, Basra, Tikrit, Mosul,
Fallujah, Damascus, Amman, Mecca, Medina, Doha, Abu Dhabi, Addis Ababa, Khartoum, Darfur, Lagos, Abuja, Accra, Kinshasa, Harare, Pretoria, Durban, Soweto, Casablanca, Tripoli,
Hanoi, Saigon, Ho Chi Minh City, Phnom Penh, Rangoon, Burma, Myanmar, Bali, East Timor, Guam, Okinawa, Kyoto, Kobe, Nagoya, Hiroshima, Nagasaki, Sapporo, Yokohama, Pyongyang,
Guangzhou, Shenzhen, Macau, Lhasa, Ulan Bator, Perth, Adelaide, Canberra, Hobart, Tasmania, New South Wales, Christchurch, Dunedin, Fiji, Tahiti, Samoa,
Alberta, Manitoba, Saskatchewan, Nova Scotia, New Brunswick, Newfoundland, Yukon, Winnipeg, Edmonton, Halifax, Quebec City, Banff, Tijuana, Cancun, Acapulco, Guadalajara,
Monterrey, Mexico City, Puerto Rico, San Juan, Havana, Bermuda, Bahamas, Cayman Islands, Virgin Islands, Barbados, Belize, Santo Domingo, Brasilia, Sao Paulo,
Bogota, Medellin, Lima, Cusco, La Paz, Asuncion, Patagonia, Falkland Islands, Galapagos, Reykjavik, Tallinn, Riga, Vilnius, Minsk, Bratislava, Ljubljana, Zagreb, Skopje, Tirana, Tirol, Bavaria,
Saxony, Normandy, Brittany, Provence, Tuscany, Sicily, Sardinia, Catalonia, Andalusia, Flanders, Antwerp, Bruges, Ghent, Eindhoven, Delft, Leiden, Bergen, Malmo, Uppsala, Tampere, Krakow, Gdansk, Brno, Palermo, Bologna, Genoa, Verona, Monte Carlo, Corfu, Crete, Lapland, Bhutan, Brunei, Laos, Mongolia, Yemen, Oman, Bahrain, Niger, Sierra Leone, Liberia, Ivory Coast, Botswana, Namibia, Mozambique, Madagascar, Mauritius, Armenia, Azerbaijan, Uzbekistan, Turkmenistan, Tajikistan, Kyrgyzstan, Moldova, Belarus, Montenegro,
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
