"""What a program for MongoDB's shell does: the methods and commands it calls decide, and what they are called with.

A name nobody knows leaves it unknown. An empty filter hits everything, and one that is a variable may.
"""

from __future__ import annotations

import re

from ..expressions import expression
from .seen import Seen
from .verdict import Category

READS = frozenset(
    """
    find findone count countdocuments estimateddocumentcount distinct aggregate explain stats serverstatus currentop
    status getreplicationinfo printreplicationinfo printsecondaryreplicationinfo printslavereplicationinfo conf config
    getindexes getcollectionnames getcollectioninfos getcollection getdb getsiblingdb getmongo getdbs getdbnames hello
    ismaster validate datasize storagesize totalsize totalindexsize pretty sort limit skip toarray foreach map print
    printjson printjsononeline projection hint maxtimems latencystats help version hostinfo buildinfo listdatabases
    serverbuildinfo servercmdlineopts listcollections tojson tojsononeline stringify parse isodate objectid numberlong
    numberint numberdecimal uuid hexdata bindata timestamp date now log getname getprofilingstatus getprofilinglevel
    getusers getuser getroles getrole printshardingstatus getshardmap getbalancerstate isbalancerrunning
    balancercollectionstatus collstats dbstats indexstats readpref getreadpref setreadpref hasnext next trynext itcount
    size secondaryok setsecondaryok slaveok setslaveok readconcern readpref comment batchsize length push pop shift
    unshift concat join keys values entries fromentries assign filter reduce reduceright find findindex some every flat
    flatmap reverse tolowercase touppercase tostring tofixed tojson indexof lastindexof split slice splice includes
    startswith endswith padstart padend trim replace match matchall test exec search substring substr charat repeat
    databases bytes isarray from of has get set object number string boolean array regexp sum avg min max abs round
    floor ceil pow sqrt parseint parsefloat isnan typeof gettime gettimestamp toisostring getfullyear getmonth getdate
    gethours getminutes valueof allowdiskuse collation returnkey showrecordid noCursorTimeout watch sleep if for while
    switch catch function return of in auth getlogcomponents getlastmodified getshardversion getsharddistribution
    getshardeddatadistribution checkmetadataconsistency rolesinfo usersinfo getcmdlineopts ping db rs sh isodate
    analyzeshardkey getplancache list getlasterror stat isinteger quit exit
    """.lower().split()
)
DANGEROUS = frozenset(
    """
    drop dropdatabase dropindex dropindexes dropcollection dropuser dropallusers dropallusersfromdatabase droprole
    dropallroles removeuser shutdownserver shutdown removeshard removeshardfromzone repairdatabase repair
    converttocapped
    renamecollection killallsessions killallsessionsbypattern deleteall findanddelete
    copydatabase resync fsynclock emptycapped dropconnections deleteallmatching clonecollectionascapped
    revokerolesfromuser dropsearchindex dropsearchindexes droppindexfilters transitiontodedicatedconfigserver
    """.split()  # noqa: SIM905
)
CHANGES = frozenset(
    """
    add insert insertone insertmany update updateone updatemany replaceone save deleteone deletemany remove bulkwrite
    findoneanddelete findoneandupdate findoneandreplace findandmodify initializeunorderedbulkop
    initializeorderedbulkop execute createindex createindexes ensureindex createcollection createview
    createuser updateuser changeuserpassword createrole updaterole grantrolestouser grantrolestorole
    grantprivilegestorole revokeprivilegesfromrole revokerolesfromrole stepdown replsetstepdown freeze replsetfreeze
    replsetmaintenance replsetsyncfrom replsetresizeoplog reconfig replsetreconfig initiate replsetinitiate addarb
    syncfrom killop killcursors killsession killsessions endsessions setprofilinglevel profile setbalancerstate
    startbalancer stopbalancer balancerstart balancerstop enablebalancing disablebalancing enablesharding
    enableautosplit disableautosplit shardcollection reshardcollection abortreshardcollection refinecollectionshardkey
    movechunk moverange movecollection moveprimary addshard addshardtag addshardtozone addtagrange updatezonekeyrange
    splitat splitfind mergechunks compact reindex logrotate rotatecertificates setfeaturecompatibilityversion
    setparameter setclusterparameter setdefaultrwconcern fsync fsyncunlock hideindex unhideindex collmod runcommand
    admincommand clear flushrouterconfig load setloglevel enablefreemonitoring disablefreemonitoring
    setindexcommitquorum starttransaction committransaction aborttransaction startsession delete create
    createsearchindex updatesearchindex mapreduce out merge configurequeryanalyzer
    """.split()  # noqa: SIM905
)
READING_COMMANDS = frozenset(
    """
    ping listdatabases listcollections listindexes listshards listcommands serverstatus replsetgetstatus
    replsetgetconfig replsetgetrbid getparameter getclusterparameter getcmdlineopts getdefaultrwconcern getlog
    getshardmap getshardversion currentop dbstats collstats datasize buildinfo hostinfo connectionstatus connpoolstats
    shardconnpoolstats hello ismaster isdbgrid balancerstatus balancercollectionstatus top usersinfo rolesinfo features
    count distinct explain find aggregate dbhash validate whatsmyuri lockinfo checkshardingindex plancachelistfilters
    """.split()  # noqa: SIM905
)
POWERFUL = expression(
    r"[\"'](?:root|__system|dbOwner|dbAdminAnyDatabase|userAdmin(?:AnyDatabase)?|readWriteAnyDatabase|clusterAdmin|clusterManager)[\"']"
)
METHOD = expression(r"([A-Za-z_$][\w$]*)\s*(?:\?\.)?\(")
BRACKETED = expression(r"\[\s*[\"'](\w+)[\"']\s*\]\s*\(")
COMMAND = expression(r"(?:run|[aA]dmin|runAdmin)Command\(\s*(?:\{\s*[\"']?|[\"'])(\w+)")
MANY = frozenset({"deletemany", "updatemany", "remove", "update", "bulkwrite", "delete"})
UNFILTERED = expression(
    r"\b(?:deleteMany|remove|updateMany|update)\s*\(\s*(?:\{\s*\}|\)|\{\s*\"?'?[\w.]*'?\"?\s*:\s*\{\s*\$(?:exists\s*:\s*(?:true|1)|ne\s*:\s*null)\s*\}\s*\}"
    r"|\{\s*\$expr\s*:\s*true|[A-Za-z_$][\w$.]*\s*[,)])"
    r"|\b(?:delete|update)(?:Many|One)?\s*:\s*\{\s*[\"']?(?:filter|q)[\"']?\s*:\s*\{\s*\}|[\"']?\bq[\"']?\s*:\s*\{\s*\}"
)
"""A filter that lets everything through, or one nobody can see."""
REPEATED = expression(r"\bforEach\s*\(|\bfor\s*\(|\bwhile\s*\(|\.map\s*\(")
SMALL = frozenset({"deleteone", "killop", "killsession", "killsessions", "findoneanddelete", "remove"})
"""Harmless once, and not for whatever a loop finds."""
SHOWS = expression(r"\s*(?:(?:show\s+[\w.]+|use\s+\w+|db|rs|sh|it|help)\s*(?:;\s*|\n\s*|\Z))+\Z")
REPLACES = expression(r"[\"']?\$out[\"']?\s*:")
MERGES = expression(r"[\"']?\$merge[\"']?\s*:")
FORCED = expression(r"\bforce\s*:\s*true")


PLAIN = expression(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|/\*.*?\*/", re.DOTALL)
"""Strings and comments. What begins with `//` stays: in an expression it is none."""
COMMENT = expression(r"^([^/\n]*(?<![^\s;]))//[^\n]*", re.MULTILINE)
"""On a line without another slash before it, so that it cannot be the end of an expression."""
MEMBER = expression(r"\.\s*([A-Za-z_$][\w$]*)")
"""Also a method that is only named, and handed to another."""
MADE = expression(r"`|\b(?:Function|eval|load|require|import|constructor)\b|\[[^\]]*\+[^\]]*\]|\]\s*\(")
"""Code made of text, and names that are only known when it runs."""
GIVEN = expression(r"(?:run|admin)(?:Admin)?Command\s*\(", re.IGNORECASE)


def look_at_mongo(text: str) -> Seen:
    """The worst of what it calls."""
    bare = PLAIN.sub('""', COMMENT.sub("\\1", text))
    commands = {name.lower() for name in COMMAND.findall(text)}
    mentioned = {name.lower() for name in MEMBER.findall(bare)} & (DANGEROUS | CHANGES | MANY | SMALL)
    called = {name.lower() for name in (*METHOD.findall(bare), *BRACKETED.findall(text))}
    names = called | mentioned | (commands - READING_COMMANDS)
    if commands:
        names -= {"runcommand", "admincommand"}
    danger = _danger(names, text, bare)
    if danger is not None:
        return danger
    changes = sorted(names & CHANGES)
    if changes or MERGES.search(text):
        said = changes[0] if changes else "merge"
        return Seen("caution", "config_change", f"mongo-{said}", f"{said} changes data or settings")
    dynamic = MADE.search(bare) is not None or len(GIVEN.findall(bare)) > len(COMMAND.findall(text))
    if not dynamic and (SHOWS.match(bare) or ((names or commands) and names <= READS)):
        return Seen("safe", "read_only", "mongo-read", "only reads")
    return Seen("unknown", "opaque", "mongo-unknown", "calls what is not known to only read")


def _danger(names: set[str], text: str, bare: str) -> Seen | None:
    worst = sorted(names & DANGEROUS)
    if worst:
        return _dangerous(worst[0])
    if re.search(r"\b(?:rs\.remove|sh\.removeShard)\w*\s*\(", bare):
        return _dangerous("removeshard")
    if names & {"reconfig", "replsetreconfig"} and FORCED.search(bare):
        return _dangerous("reconfig")
    if "fsync" in names and re.search(r"\block\s*:\s*(?:true|1)", bare):
        return _dangerous("fsynclock")
    many = sorted(names & MANY)
    if many and UNFILTERED.search(text):
        return _dangerous(many[0])
    if names & SMALL and REPEATED.search(bare):
        said = sorted(names & SMALL)[0]
        category: Category = "process_kill" if said.startswith("kill") else "data_destruction"
        return Seen("dangerous", category, f"mongo-{said}-all", f"{said} for everything a loop finds")
    if REPLACES.search(text):
        return Seen("dangerous", "data_destruction", "mongo-out", "$out writes over a whole collection")
    granting = {"grantrolestouser", "createuser", "updateuser", "grantrolestorole", "createrole", "updaterole"}
    if names & granting and POWERFUL.search(text):
        return Seen("dangerous", "privilege", "mongo-grant", "gives away control of the databases")
    return None


def _dangerous(name: str) -> Seen:
    if name in ("shutdownserver", "shutdown"):
        return Seen("dangerous", "availability", "mongo-shutdown", "stops the database server")
    if name == "fsynclock":
        return Seen("dangerous", "availability", "mongo-fsynclock", "stops every write until it is unlocked")
    if name in ("reconfig", "removeshard", "removeshardfromzone", "resync"):
        return Seen("dangerous", "cluster_scope", f"mongo-{name}", "changes who belongs to the cluster")
    if name in ("dropindex", "dropindexes", "dropsearchindex", "dropsearchindexes"):
        return Seen("dangerous", "availability", f"mongo-{name}", "drops an index: queries that need it turn slow")
    if name.startswith("killall") or name == "dropconnections":
        return Seen("dangerous", "process_kill", "mongo-kill-all", "ends every session")
    if "user" in name or "role" in name:
        return Seen("dangerous", "credentials", f"mongo-{name}", f"{name} takes accounts or their access away")
    return Seen("dangerous", "data_destruction", f"mongo-{name}", f"{name} deletes or overwrites data")
